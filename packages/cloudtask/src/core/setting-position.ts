/** The position of a setting, for error messages: in an object of the code, in a file or on the command line. */
export interface SettingPosition {
  /** Returns the position of a setting in this map or list. */
  child(key: string | number): SettingPosition;
  /** Creates an error whose message begins with the position. */
  error(message: string): Error;
}

/**
 * Creates the position of an object in the code. Messages begin with the path, such as `CloudTaskClient: queues.mail.rate`.
 *
 * @param subject - the owner of the object, such as `CloudTaskClient: queues`
 */
export function optionPosition(subject: string): SettingPosition {
  return {
    child: (key) => optionPosition(typeof key === "number" ? `${subject}[${key}]` : `${subject}.${key}`),
    error: (message) => new TypeError(`${subject}: ${message}`),
  };
}
