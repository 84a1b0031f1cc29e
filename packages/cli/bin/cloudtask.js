#!/usr/bin/env node
// Stands in the repository, because npm links no command whose file is missing, and dist/ is only built later.
import "../dist/cli.js";
