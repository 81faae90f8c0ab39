/** Runs what a page is about; what came out is an attribute of the document. */
export async function report(run) {
  const outcome = await run().then((values) => ({ values }), failure);
  document.documentElement.dataset.outcome = JSON.stringify(outcome);
}

function failure(error) {
  // V8 puts the message into the stack, the others do not
  const { code, message, stack = "" } = error ?? {};
  return { error: { code, message, stack: stack.includes(message) ? stack : `${error}\n${stack}` } };
}
