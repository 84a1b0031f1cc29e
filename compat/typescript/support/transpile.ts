import { ModuleKind, ScriptTarget, transpileModule } from "typescript-5.9";

/**
 * Compiles TypeScript to CommonJS for the oldest supported Node.
 */
export function transpile(source: string): string {
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
  return transpileModule(source, { compilerOptions }).outputText;
}
