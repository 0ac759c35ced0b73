import { constants } from 'node:fs';

/** Node opens every descriptor close-on-exec. A pipe that stands in a file's place must not make an open wait. */
const NEVER_ELSEWHERE = constants.O_NOFOLLOW | constants.O_NONBLOCK;

export const OPEN_TO_READ: number = constants.O_RDONLY | NEVER_ELSEWHERE;
export const OPEN_TO_WRITE: number = constants.O_WRONLY | NEVER_ELSEWHERE;
export const OPEN_NEW: number = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NEVER_ELSEWHERE;
export const OPEN_LOCK: number = constants.O_RDWR | constants.O_CREAT | NEVER_ELSEWHERE;
export const OPEN_DIRECTORY: number = constants.O_RDONLY | constants.O_DIRECTORY | NEVER_ELSEWHERE;

export const FILE_MODE = 0o600;
export const DIRECTORY_MODE = 0o700;
