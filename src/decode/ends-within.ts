/**
 * Waits for a step, but not for ever.
 *
 * @returns its value, or undefined when it took longer: it may end later, and is then forgotten.
 */
export async function endsWithin<T>(step: Promise<T>, seconds: number): Promise<{ readonly value: T } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), seconds * 1000);
  });
  step.catch(() => undefined);
  try {
    return await Promise.race([step.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
