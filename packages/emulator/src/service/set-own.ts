const ownProperty = { configurable: true, enumerable: true, writable: true };

/** Sets a property of an object that has no setters of its own. Assigning to `__proto__` would replace the prototype instead. */
export function setOwn<Value>(object: Record<string, Value>, key: string, value: Value): void {
  if (key === "__proto__") Object.defineProperty(object, key, { ...ownProperty, value });
  else object[key] = value;
}
