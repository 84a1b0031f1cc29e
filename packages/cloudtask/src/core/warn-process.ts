/** Prints a warning as Node does. Does nothing on runtimes without `process.emitWarning()`. */
export function warnProcess(message: string): void {
  const { process } = globalThis as { readonly process?: { readonly emitWarning?: (message: string) => void } };
  process?.emitWarning?.(message);
}
