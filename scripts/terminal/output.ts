import { printable, printableJson } from './printable.ts';

/** Where a command says things: results on stdout (one JSON document with --json), everything else on stderr. */
export interface Output {
  readonly json: boolean;
  /** Prints the result once: the document with --json, the text otherwise. */
  result(document: unknown, text: string): void;
  /** A line for people; silent with --json unless it is a warning. */
  note(text: string): void;
  warn(text: string): void;
  readonly progress: Progress;
}

/** Progress of long work: named stages, each with an optional fraction from which an ETA follows. */
export interface Progress {
  /** Begins a stage (and ends the one before). */
  stage(name: string): void;
  /** The current stage has done `fraction` (0..1) of its work. */
  update(fraction: number, detail?: string): void;
  /** Ends the current stage; says how long it took. */
  done(): void;
}

export interface OutputStreams {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number };
}

export function createOutput(
  options: { json?: boolean; quiet?: boolean },
  streams: OutputStreams = process,
  now: () => number = () => performance.now(),
): Output {
  const json = options.json === true;
  const line = new StatusLine(streams.stderr, now);
  // Parts of it may come from files of strangers.
  const say = (text: string) => line.print(text.split('\n').map(printable).join('\n'));
  return {
    json,
    result(document, text) {
      line.clear();
      streams.stdout.write(
        json ? `${printableJson(JSON.stringify(document, replaceBigints, 2))}\n` : text === '' ? '' : `${text}\n`,
      );
    },
    note(text) {
      if (!json && !options.quiet) say(text);
    },
    warn: (text) => say(`warning: ${text}`),
    progress: options.quiet ? SILENT : line,
  };
}

/** The same output without its progress: for steps of a larger work that shows its own. */
export function withoutProgress(output: Output): Output {
  return { ...output, progress: SILENT };
}

/** The same output, and what it is told for people besides: a document holds as much as the text. */
export function remembering(output: Output): { output: Output; notes: string[]; warnings: string[] } {
  const [notes, warnings]: string[][] = [[], []];
  const note = (text: string) => {
    notes.push(text.replace(/^note: /, ''));
    output.note(text);
  };
  const warn = (text: string) => {
    warnings.push(text);
    output.warn(text);
  };
  return { output: { ...output, note, warn }, notes, warnings };
}

const SILENT: Progress = { stage() {}, update() {}, done() {} };

/** Bigints become decimal strings: no reader loses digits. */
export function replaceBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

const TICK_MS = 1_000;

/** On a terminal one line that is rewritten; elsewhere one line per stage and per tenth of its time. */
class StatusLine implements Progress {
  #stream: OutputStreams['stderr'];
  #now: () => number;
  #name = '';
  #begun = 0;
  #fraction = 0;
  #detail = '';
  /** Seconds that were left when the fraction last grew, and when that was. */
  #left: { seconds: number; at: number } | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #painted = false;
  #lastPaint = Number.NEGATIVE_INFINITY;

  constructor(stream: OutputStreams['stderr'], now: () => number) {
    this.#stream = stream;
    this.#now = now;
  }

  stage(name: string): void {
    if (this.#name === name) return;
    this.done();
    this.#name = name;
    this.#begun = this.#now();
    this.#fraction = 0;
    this.#detail = '';
    this.#left = undefined;
    // The clock goes on while nothing is said.
    this.#ticker = setInterval(() => this.#show(), TICK_MS);
    this.#ticker.unref();
    if (this.#stream.isTTY) this.#paint('');
    else this.print(`${name} ...`);
  }

  update(fraction: number, detail = ''): void {
    if (this.#name === '') return;
    const grown = Math.min(1, Math.max(this.#fraction, fraction));
    if (grown > this.#fraction) {
      const elapsed = (this.#now() - this.#begun) / 1000;
      this.#left = { seconds: (elapsed * (1 - grown)) / grown, at: this.#now() };
    }
    this.#fraction = grown;
    this.#detail = detail;
    this.#show();
  }

  #show(): void {
    const detail = this.#detail;
    const interval = this.#stream.isTTY ? 100 : 10_000;
    if (this.#now() - Math.max(this.#lastPaint, this.#stream.isTTY ? 0 : this.#begun) < interval) return;
    if (this.#stream.isTTY) this.#paint(detail);
    else {
      this.#lastPaint = this.#now();
      this.print(`${this.#name} ${this.#describe(detail)}`);
    }
  }

  done(): void {
    if (this.#name === '') return;
    const seconds = (this.#now() - this.#begun) / 1000;
    const name = this.#name;
    this.#name = '';
    clearInterval(this.#ticker);
    this.print(`${name}: ${formatSeconds(seconds)}`);
  }

  print(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }

  clear(): void {
    if (this.#painted) this.#stream.write('\r\x1b[2K');
    this.#painted = false;
  }

  #paint(detail: string): void {
    this.clear();
    this.#lastPaint = this.#now();
    const text = `${this.#name} ${this.#describe(detail)}`.trimEnd();
    this.#stream.write(text.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1)));
    this.#painted = true;
  }

  #describe(detail: string): string {
    const elapsed = (this.#now() - this.#begun) / 1000;
    const parts = [
      ...(this.#fraction > 0 ? [`${Math.floor(this.#fraction * 100)} %`] : []),
      ...(elapsed >= 1 ? [formatSeconds(elapsed)] : []),
    ];
    const left = this.#left === undefined ? 0 : this.#left.seconds - (this.#now() - this.#left.at) / 1000;
    if (this.#fraction > 0.02 && elapsed > 1 && left >= 1) parts.push(`${formatSeconds(left)} left`);
    return `${parts.join(', ')}${detail ? ` (${detail})` : ''}`;
  }
}

/** under 0.1 s, 0.4 s, 12 s, 3 min 20 s, 2 h 5 min. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.05) return 'under 0.1 s';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole >= 7200) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
