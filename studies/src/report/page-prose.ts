/** The words of `docs/crash-study.md`; its numbers are in `page.ts`. */

export const OPENING = `# Crash study: what stores that write files keep after a crash

\`@seglog/testing\` has a simulated disk that knows what a process kill or a power cut may leave of every call, and an
enumeration that tries all of it. This page turns both on stores in pure JavaScript that many programs use, on two ways
to write a file by hand, and on Seglog, all with the same programs and the same oracle. A store is not bad because of a
**no** here: most of these promise to replace a file in one step, and say nothing of power loss. The page shows what a
program may count on when it has been told that a set is done.`;

export const READING = `The columns from "clean exit" to "power loss, strict" ask: a set was acknowledged (its promise resolved, or the call came
back), then the crash came; is the value there? *opens* asks for no help by hand; *never mixed* for no state that never
was. The columns go from the mildest crash to the hardest. "power loss, strict" is what POSIX allows and some file system does; ext4 in its default mode is milder, and
also flushes a file that is renamed over another (\`auto_da_alloc\`), which no column assumes.

What the table says, without blame:

- A **rename over the old file** keeps data whole at any process kill. With an fsync of the new file before it, it does so at
  power loss too. Without an fsync of the directory after it, the old file may come back although the new one was
  acknowledged: the set is lost, cleanly.
- A rename **without** an fsync may bring an empty or cut file under the new name.
- A **write over the old file** may leave a cut file at a process kill already.
- An **appending** store keeps what it acknowledged at a kill. Without an fsync at each set, power loss may take any of it.
- A store that takes a file that it cannot parse **for an empty one** always opens, with nothing in it.
- A store that answers a set by **the write that is already under way** may acknowledge what that write does not hold, and
  no crash is needed to lose it.`;

export const LIMITS = `Limits. Small programs (five sets in two runs, five more that overlap), one seed, default options. Only crashes: no failing
call, no damaged medium. The packages run as published, bundled, with \`fs\`, time, chance and process number replaced;
what they do besides (locks between processes, watching) is not looked at. A kill that tears a small write is allowed by
POSIX and rare on Linux, hence the two columns for kills. Other options change the picture: some of these stores can be
told to do less, and a program may sync the directory itself.`;
