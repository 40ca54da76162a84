/**
 * What answered where a node of a chain was asked:
 * - `range`: a node that gives fewer blocks or logs at once
 * - `busy`: a node that was asked too often
 * - `behind`: a node that does not have the block yet
 * - `forbidden`: somebody who wants a key or an account
 * - `page`: a web page; `unreadable`: something else that is no JSON; `http`: a server's error
 * - `timeout`: nothing in time; `silent`: nothing at all
 * - `other`: a node with an error of its own, a reverted call among them
 */
export type NodeTrouble =
  | 'range'
  | 'busy'
  | 'behind'
  | 'forbidden'
  | 'page'
  | 'unreadable'
  | 'http'
  | 'timeout'
  | 'silent'
  | 'other';

export interface NodeAnswer {
  trouble: NodeTrouble;
  /** One sentence that names what answered; empty for `other`, about which the node's own words say more. */
  says: string;
  /** What to do about it; empty for `other`. */
  hint: string;
  /** Milliseconds after which the node wants to be asked again, where it says so. */
  waitMs?: number;
  /** Blocks that the node gives at once, where it says so. */
  most?: number;
}

interface Heard {
  status?: number;
  retryAfter?: string;
  codes: number[];
  text: string;
}

/** Codes with which providers say that they are asked too often, whatever they call it: QuickNode, Alchemy, Ankr. */
const BUSY_CODES = [429, -32007, -32016, -32029, -32090];
const BUSY =
  /too many requests|rate.?limit|request limit|requests? per (second|minute|day)|\/second|compute units|throughput|daily request count|capacity exceeded|call rate/i;
/** Erigon, Geth, Reth, Nethermind, Alchemy, Infura, QuickNode, Ankr, dRPC, Tenderly, Blast, BSC and what stands behind them. */
const RANGE = [
  /block.{0,3}range|range.{0,40}(limit|large|wide|exceed|maximum|not supported)|ranges? over \d/i,
  /(too|more) (many|wide|large|than).{0,30}(blocks?|logs?|results?|range)|(blocks?|logs?) (span|limit)/i,
  /(response|result|query).{0,20}(size|too large|too big|max results|limit exceeded)|(response|body|payload) too large/i,
  /(eth_getlogs|limited).{0,30}(is limited|limited to|blocks|range)|query timeout|^limit exceeded$|narrow your filter/im,
];
const BEHIND =
  /(header|block) not found|unknown block|beyond (the )?(current )?head|after last (accepted )?block|block .{0,20}could not be found|data not available|future block|block number (is )?(out of range|in the future)/i;
const SPEAKS_HTML = /<!doctype html|<html|<head|unexpected token '?<|unrecognized token '?</i;
const NO_JSON = /is not valid json|unexpected (token|end|non-whitespace)|json\.parse|json parse error/i;
const SILENT =
  /fetch failed|failed to fetch|load failed|networkerror|econnrefused|econnreset|enotfound|eai_again|socket/i;

/** Any error that a client of a chain throws, named by what answered. Needs no client library and never throws. */
export function nodeAnswer(error: unknown): NodeAnswer {
  const heard = listen(error);
  const { status, codes, text } = heard;
  const wait = waitOf(heard.retryAfter);
  const answer = (trouble: NodeTrouble, says: string, hint: string, more: Partial<NodeAnswer> = {}): NodeAnswer => ({
    trouble,
    says,
    hint,
    ...more,
  });
  if (status === 429 || codes.some((code) => BUSY_CODES.includes(code)) || BUSY.test(text)) {
    const when = wait === undefined ? '' : ` It asks for ${Math.ceil(wait / 1000)} s of patience.`;
    const how = status === 429 ? 'HTTP 429, too many requests' : 'that it is asked too often';
    const hint = 'Wait and try again, or use a node that allows more requests.';
    return answer('busy', `The node answers ${how}.${when}`, hint, wait === undefined ? {} : { waitMs: wait });
  }
  if (status === 401 || status === 403 || status === 402) {
    const hint = 'Is the key in the URL right, and does its plan allow this?';
    return answer('forbidden', `The node answers HTTP ${status}: it does not let us in.`, hint);
  }
  if (BEHIND.test(text)) {
    return answer('behind', 'The node does not have this block yet.', 'Try again in a moment.');
  }
  if (status === 413 || RANGE.some((pattern) => pattern.test(text))) {
    const most = mostBlocks(text);
    const hint = 'Use a node that gives more events at once.';
    return answer('range', 'The node does not give so many events at once.', hint, most === undefined ? {} : { most });
  }
  if (SPEAKS_HTML.test(text)) {
    const how = status === undefined ? '' : ` (HTTP ${status})`;
    const hint = 'Is the URL that of a node, and is its provider in order?';
    return answer('page', `A web page answers there, not a node${how}.`, hint);
  }
  if (NO_JSON.test(text)) {
    return answer('unreadable', 'Something answers there that is not a node.', 'Is the URL that of a node?');
  }
  if (status !== undefined && status >= 400) {
    const hint = status >= 500 ? 'Try again in a moment.' : 'Is the URL that of a node?';
    return answer('http', `The node answers HTTP ${status}.`, hint);
  }
  if (/took too long|timed? ?out/i.test(text)) {
    return answer('timeout', 'The node does not answer in time.', 'Try again in a moment.');
  }
  if (SILENT.test(text)) {
    return answer('silent', 'The node does not answer.', 'Is it running, and can it be reached from here?');
  }
  return answer('other', '', '');
}

/** Words of an error and of all that caused it. Addresses are left out: a provider's name must not be read as its words. */
function listen(error: unknown): Heard {
  const heard: Heard = { codes: [], text: '' };
  const words: string[] = [];
  for (let at = error, k = 0; typeof at === 'object' && at !== null && k < 12; at = (at as Error).cause, k++) {
    const { status, code, headers, details, shortMessage, message, data } = at as Record<string, unknown>;
    if (typeof status === 'number') heard.status ??= status;
    if (typeof code === 'number') heard.codes.push(code);
    if (typeof code === 'string') words.push(code);
    heard.retryAfter ??= headers instanceof Headers ? (headers.get('retry-after') ?? undefined) : undefined;
    const said = [details, shortMessage, shortMessage === undefined ? message : undefined];
    if (typeof data === 'object' && data !== null) said.push(...Object.values(data));
    for (const word of said) if (typeof word === 'string') words.push(word.slice(0, 2_000));
  }
  heard.text = words
    .map((word) => word.replace(/https?:\/\/\S+/g, ''))
    .join('\n')
    .trim();
  return heard;
}

/** Seconds or a date, as HTTP allows. */
function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter.trim()) ? 1000 * Number(retryAfter) : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Blocks that the node says would do; a number of results is none of blocks. */
function mostBlocks(text: string): number | undefined {
  const span = /\[\s*(0x[0-9a-f]+)\s*,\s*(0x[0-9a-f]+)\s*\]/i.exec(text);
  if (span) return positive(Number(span[2]) - Number(span[1]) + 1);
  const decimal = /range (\d{1,15})\s*-\s*(\d{1,15})/i.exec(text);
  if (decimal) return positive(Number(decimal[2]) - Number(decimal[1]) + 1);
  const patterns = [
    /max(?:imum)?(?: allowed)?(?: number)?(?: of)?(?: requested)?(?: blocks?)?(?: range)?(?: is)?(?: set to)?[: =]+([\d,]+)(k?)\b(?! (?:results|logs))/i,
    /(?:limit(?:ed)?|exceeds|up to|over)(?: to| of| is)?(?: a| 0 -)? ?([\d,]+)(k?) ?(?:blocks?|range|$)/im,
  ];
  for (const pattern of patterns) {
    const found = pattern.exec(text);
    if (found) return positive(Number(found[1].replaceAll(',', '')) * (found[2].toLowerCase() === 'k' ? 1000 : 1));
  }
  return undefined;
}

function positive(blocks: number): number | undefined {
  return Number.isSafeInteger(blocks) && blocks >= 1 ? blocks : undefined;
}
