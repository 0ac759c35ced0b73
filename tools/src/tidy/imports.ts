import type { MaskedText } from './mask.js';

/** One place where a file names another module. */
export interface Import {
  readonly specifier: string;
  /** Position of the statement in the text. */
  readonly position: number;
  /** True for `import type` and `export type`, which leave nothing behind in JavaScript. */
  readonly typeOnly: boolean;
}

const patterns: readonly RegExp[] = [
  /\b(?:import|export)\b(?!\s*\()[^'"`;=()]*?\bfrom\s*(?=['"])/g,
  /\bimport\s*(?=['"])/g,
  /\bimport\s*\(\s*(?=['"])/g,
  /\brequire(?:\.resolve)?\s*\(\s*(?=['"])/g,
];

/** Every import, re-export, dynamic import and require of a text, in order of position. */
export function findImports(text: string, masked: MaskedText): readonly Import[] {
  return patterns
    .flatMap((pattern) => [...masked.code.matchAll(pattern)])
    .map((match) => {
      const quoteAt = match.index + match[0].length;
      const end = text.indexOf(text.charAt(quoteAt), quoteAt + 1);
      return {
        specifier: text.slice(quoteAt + 1, end),
        position: match.index,
        typeOnly: /^(?:import|export)\s+type\b(?!\s*,|\s+from\b)/.test(match[0]),
      };
    })
    .toSorted((a, b) => a.position - b.position);
}
