import { ModuleKind, ScriptTarget, transpileModule } from "typescript-5.9";

/**
 * @param source - TypeScript
 * @returns CommonJS for the oldest Node that the packages take, with nothing but `require` to load others
 */
export function transpile(source: string): string {
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
  return transpileModule(source, { compilerOptions }).outputText;
}
