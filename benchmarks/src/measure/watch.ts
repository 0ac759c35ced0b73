/**
 * Goes around what is measured, and around none of what prepares it. `part` names the value that comes of it, where several are
 * measured one after the other.
 */
export type Watch = <T>(work: () => Promise<T>, part?: string) => Promise<T>;

export const unwatched: Watch = (work) => work();
