#!/usr/bin/env node
import '../dist/riplab.js';
