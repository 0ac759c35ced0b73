/** A source text split in two of the same length, so that a position means the same in all three. */
export interface MaskedText {
  /** Comments and the contents of strings are blank; quotes, code and line ends stay. */
  readonly code: string;
  /** Only comments and line ends stay. */
  readonly comments: string;
}

/** Words after which a slash starts a regular expression, not a division. */
const beforeRegex =
  /(?:^|[=(,:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|delete|void|throw|await|yield))$/;

/** Splits TypeScript or JavaScript. It knows strings, templates with nested code, comments and regular expressions. */
export function mask(text: string): MaskedText {
  const lexer = new Lexer(text);
  while (!lexer.done) lexer.step();
  return lexer.result();
}

class Lexer {
  readonly #text: string;
  readonly #code: string[];
  readonly #comments: string[];
  /** For each open template, how many braces are open in its current `${}`. */
  readonly #templates: number[] = [];
  #at = 0;
  #lastCode = '';

  constructor(text: string) {
    this.#text = text;
    this.#code = text.replace(/[^\n]/g, ' ').split('');
    this.#comments = [...this.#code];
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  result(): MaskedText {
    return { code: this.#code.join(''), comments: this.#comments.join('') };
  }

  step(): void {
    const char = this.#text.charAt(this.#at);
    const pair = this.#text.substring(this.#at, this.#at + 2);
    if (pair === '//') this.#comment(this.#until('\n', 0));
    else if (pair === '/*') this.#comment(this.#until('*/', 2));
    else if (char === "'" || char === '"') this.#string(char);
    else if (char === '`') this.#template();
    else if (char === '/' && beforeRegex.test(this.#lastCode.trimEnd())) this.#regex();
    else this.#brace(char);
  }

  #until(mark: string, extra: number): number {
    const found = this.#text.indexOf(mark, this.#at + 2);
    return found < 0 ? this.#text.length : found + extra;
  }

  #comment(end: number): void {
    for (; this.#at < end; this.#at++) this.#comments[this.#at] = this.#text.charAt(this.#at);
  }

  #string(quote: string): void {
    this.#emit();
    while (!this.done && this.#text.charAt(this.#at) !== quote && this.#text.charAt(this.#at) !== '\n') {
      this.#at += this.#text.charAt(this.#at) === '\\' ? 2 : 1;
    }
    if (!this.done) this.#emit();
  }

  /** Reads on to the end of a template, or to its next `${`, whose code is then read like any other. */
  #template(): void {
    this.#emit();
    while (!this.done && this.#text.charAt(this.#at) !== '`') {
      if (this.#text.startsWith('${', this.#at)) {
        this.#templates.push(0);
        this.#at += 2;
        this.#lastCode = '{';
        return;
      }
      this.#at += this.#text.charAt(this.#at) === '\\' ? 2 : 1;
    }
    if (!this.done) this.#emit();
  }

  #regex(): void {
    this.#emit();
    let inClass = false;
    let ended = false;
    for (; !ended && !this.done && this.#text.charAt(this.#at) !== '\n'; this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (char === '\\') this.#at++;
      else if (char === '[') inClass = true;
      else if (char === ']') inClass = false;
      else if (char === '/' && !inClass) ended = true;
    }
  }

  #brace(char: string): void {
    const open = this.#templates.at(-1);
    if (open !== undefined && char === '}' && open === 0) {
      this.#templates.pop();
      this.#template();
      return;
    }
    if (open !== undefined && char === '{') this.#templates[this.#templates.length - 1] = open + 1;
    if (open !== undefined && char === '}') this.#templates[this.#templates.length - 1] = open - 1;
    this.#emit();
  }

  /** Keeps one character as code. */
  #emit(): void {
    const char = this.#text.charAt(this.#at);
    this.#code[this.#at] = char;
    this.#lastCode = (this.#lastCode + char).slice(-12);
    this.#at++;
  }
}
