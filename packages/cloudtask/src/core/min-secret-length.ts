/** A shorter secret, such as one for an emulator, may be a part of any word. In messages, only whole values are then replaced. */
export const MIN_SECRET_LENGTH = 8;
