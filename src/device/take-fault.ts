let ask: (() => Error | undefined) | undefined;

/**
 * What the current backend has told of beside its results since this was last asked. To be asked after each reading back: until then the results may be
 * zeros that nothing computed.
 */
export function takeFault(): Error | undefined {
  return ask?.();
}

/** Names who knows, once a device is watched. */
export function takeFaultsFrom(source: () => Error | undefined): void {
  ask = source;
}
