#!/usr/bin/env node
// The npm compiler under the command line of solc: `--version` in solc's own words, and standard JSON from stdin to stdout.
// (The package's own command prints a notice before its JSON.) The sources travel inside the JSON: no import is looked up.
"use strict";
const solc = require("solc");
if (process.argv.includes("--version")) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else {
  process.stdout.write(solc.compile(require("fs").readFileSync(0, "utf8")));
}
