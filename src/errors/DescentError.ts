/** What the command line reports to the shell; each class is one exit code. */
export const EXIT_CODES = {
  /** Anything without a better class, bugs included. */
  failure: 1,
  /** The caller asked for something impossible: bad argument, unknown name, shape too large. */
  usage: 2,
  /** A file or a message is damaged, of another format, or of another run. */
  data: 3,
  /** The work cannot be proved: a run left its ranges, or a proof does not verify. */
  proof: 4,
  /** The chain or its node refused or could not be reached. */
  chain: 5,
  /** Nothing is false, but something that was to be shown is not: `verify`, `check`, `find` and `data --attested`. */
  open: 6,
} as const;

export type ExitClass = keyof typeof EXIT_CODES;

export interface DescentErrorOptions {
  /** The error that led to this one; never dropped. */
  cause?: unknown;
  /** Facts behind the short message, for a log or a bug report. */
  details?: string;
  /** Path of the page in `docs/` that explains the rule, e.g. `argument.md#1-numbers`. */
  docs?: string;
  /** What to do about it, as one sentence. */
  hint?: string;
  /** Stable machine-readable name; part of the interface, unlike the wording. */
  code?: string;
  exit?: ExitClass;
}

/** Base of every error a user may see. `message` is the whole text, `shortMessage` the first line alone. */
export class DescentError extends Error {
  override name = 'DescentError';
  readonly shortMessage: string;
  readonly code: string;
  readonly exit: ExitClass;
  readonly details: string | undefined;
  readonly docs: string | undefined;
  readonly hint: string | undefined;

  constructor(shortMessage: string, options: DescentErrorOptions = {}) {
    const cause = options.cause;
    const details = options.details ?? (cause instanceof Error ? causeMessage(cause) : undefined);
    const lines = [shortMessage];
    if (options.hint) lines.push(options.hint);
    if (details) lines.push(`Details: ${details}`);
    if (options.docs) lines.push(`Docs: docs/${options.docs}`);
    super(lines.join('\n'), cause === undefined ? undefined : { cause });
    this.shortMessage = shortMessage;
    this.code = options.code ?? 'DESCENT_ERROR';
    this.exit = options.exit ?? 'failure';
    this.details = details;
    this.docs = options.docs;
    this.hint = options.hint;
  }

  /** Number for `process.exit`. */
  get exitCode(): number {
    return EXIT_CODES[this.exit];
  }

  /** The innermost cause, or the first in the chain for which `match` holds. */
  walk(match?: (error: unknown) => boolean): unknown {
    let error: unknown = this;
    while (true) {
      if (match?.(error)) return error;
      const next = error instanceof Error ? error.cause : undefined;
      if (next === undefined) return match ? undefined : error;
      error = next;
    }
  }

  /** What `--json` prints. */
  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.shortMessage,
      ...(this.hint && { hint: this.hint }),
      ...(this.details && { details: this.details }),
      ...(this.docs && { docs: this.docs }),
    };
  }
}

function causeMessage(cause: Error): string {
  return cause instanceof DescentError ? cause.shortMessage : cause.message;
}
