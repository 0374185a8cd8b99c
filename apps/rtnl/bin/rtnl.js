#!/usr/bin/env node
import '../dist/rtnl.js';
