/** Beyond, a line that names a run says nothing more. */
const MOST_CHARACTERS = 120;
/** Values that may hold a password. */
const SECRET = /^(--queue(?:=|$))|^rediss?:/;

/** How this run was started, for people, with the passwords left out. */
export function commandLine(args: readonly string[] = process.argv.slice(2)): string {
  const shown = args.map((arg) => (SECRET.test(arg) ? arg.replace(/redis(s?):.*/, 'redis$1:…') : arg)).map((arg) => (/[\s"]/.test(arg) ? JSON.stringify(arg) : arg));
  const text = ['soundkin', ...shown].join(' ');
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}
