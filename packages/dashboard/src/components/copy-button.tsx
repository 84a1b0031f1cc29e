import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** Copies text to the clipboard, and says whether that succeeded. */
export function CopyButton({
  text,
  label = "Copy",
}: {
  readonly text: () => string | Promise<string>;
  readonly label?: string;
}): JSX.Element {
  const [result, setResult] = useState<string>();
  const copy = async (): Promise<void> => {
    try {
      const copied = await text();
      setResult(await write(copied));
    } catch (error) {
      setResult((error as Error).message);
    }
    setTimeout(() => setResult(undefined), 2_000);
  };
  return (
    <button type="button" class="button" onClick={copy}>
      <span aria-live="polite">{result ?? label}</span>
    </button>
  );
}

async function write(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    return "The browser did not allow copying. Select the text and copy it yourself";
  }
}
