const { transformSync } = require("esbuild");

/** Stands for babel-jest, ts-jest or @swc/jest: each compiles a file by itself. */
module.exports = {
  process: (source, sourcefile) => transformSync(source, { format: "cjs", target: "node20", sourcefile }),
};
