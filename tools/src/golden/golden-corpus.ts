import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const EXPECTED_FILE = 'expected.json';

/** The bytes of a store's files, by their paths. */
type Image = ReadonlyMap<string, Uint8Array>;

/** Stores that are kept as they were once written, one folder each, with what is to be found when they are met again. */
export class GoldenCorpus<Expectation> {
  readonly #folder: string;

  /** `folder` belongs to the corpus alone. */
  public constructor(folder: string) {
    this.#folder = folder;
  }

  /** Names of the stores that are kept. */
  public names(): readonly string[] {
    return readdirSync(this.#folder).toSorted();
  }

  /** A store as it was committed. */
  public read(name: string): { readonly image: Map<string, Uint8Array>; readonly expected: Expectation } {
    const folder = `${this.#folder}/${name}`;
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== EXPECTED_FILE)
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1))
      .toSorted();
    const image = new Map(paths.map((path) => [path, new Uint8Array(readFileSync(`${folder}/${path}`))]));
    return { image, expected: JSON.parse(readFileSync(`${folder}/${EXPECTED_FILE}`, 'utf8')) };
  }

  /** Puts other stores in the place of all that are there. */
  public async write(
    stores: ReadonlyMap<string, Image>,
    meet: (image: Image) => Promise<Expectation>,
  ): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    for (const [name, image] of stores) {
      const expected = plain(await meet(image));
      for (const [path, bytes] of image) write(`${this.#folder}/${name}/${path}`, bytes);
      write(`${this.#folder}/${name}/${EXPECTED_FILE}`, `${JSON.stringify(expected, null, 1)}\n`);
    }
  }
}

/** As JSON has it: what is undefined is left out. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
