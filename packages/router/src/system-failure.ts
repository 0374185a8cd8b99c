/** Tells the system's failures from our own mistakes. */

/** What went wrong, in words. @throws the error itself if it has no `code`: then it is our own mistake */
export function failureReason(error: unknown): string {
  if (error instanceof Error && 'code' in error) return error.message;
  throw error;
}
