/** Errors of the system, told apart by their code: errno(3). */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Open files, of the process or of the whole host, and memory. */
const SHORT_OF: readonly string[] = ['EMFILE', 'ENFILE', 'ENOMEM'];

/** Whether the host was short of something for a moment, which says nothing of the file that was asked for. */
export function isShortage(error: unknown): boolean {
  return SHORT_OF.some((code) => hasCode(error, code));
}
