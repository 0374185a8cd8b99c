#!/usr/bin/env node
import '../dist/ripctl.js';
