// As docs/testing.md says it for tests that are ES modules: with NODE_OPTIONS=--experimental-vm-modules, and nothing transformed.
export default { testMatch: ["**/*.spec.?(c)js"], transform: {} };
