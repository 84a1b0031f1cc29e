#!/usr/bin/env node
// Stands in the repository, because npm links no command whose file is missing, and dist/ is only built later.
// From 22.8 on, Node keeps the compiled code for the next start. The code must be imported after that.
process.getBuiltinModule("node:module").enableCompileCache?.();
await import("../dist/cli.js");
