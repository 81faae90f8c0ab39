/** What is new, and goes where it comes to nothing. */

/** Works on what is new, which is closed where that fails: what it learns from may have been closed meanwhile. */
export async function closedOnError<Result>(
  made: { close(): void },
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    made.close();
    throw error;
  }
}
