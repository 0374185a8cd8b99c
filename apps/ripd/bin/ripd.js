#!/usr/bin/env node
import '../dist/ripd.js';
