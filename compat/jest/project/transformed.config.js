// As docs/testing.md says it for tests that are compiled to CommonJS: the packages are then to be compiled too.
export default {
  testMatch: ["**/*.spec.?(c)js"],
  transform: { "\\.c?js$": "<rootDir>/to-common-js.cjs" },
  transformIgnorePatterns: ["/node_modules/(?!(cloudtask|jose)/)"],
};
