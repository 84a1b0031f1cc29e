/** Keys whose value is the name of another value: `{"name":"password","value":"x"}`. */
const NAME_KEYS = new Set(
  "name key field fieldname id k n header param parameter property attribute variable label title".split(" "),
);

/** Keys of that other value. */
const VALUE_KEYS = new Set("value values val v content data text string stringvalue default defaultvalue".split(" "));

/** Checks whether a member can name another one. */
export function isNameKey(key: string): boolean {
  return NAME_KEYS.has(key.toLowerCase());
}

/** Checks whether a member can have the value that another one names. */
export function isValueKey(key: string): boolean {
  return VALUE_KEYS.has(key.toLowerCase());
}
