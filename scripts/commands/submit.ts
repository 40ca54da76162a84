import { type Command, Option } from 'commander';
import type { LocalAccount } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { type Edge, formatEdge, parseEdge } from '../../src/registry/edge.ts';
import { type EdgeRun, formatRun, isRun, parseRun } from '../../src/registry/edgeRun.ts';
import {
  type ForeignEdge,
  formatForeign,
  formatSignedForeign,
  isForeign,
  isSignedForeign,
  parseForeign,
  parseSignedForeign,
} from '../../src/registry/foreignEdge.ts';
import {
  formatSignedEdge,
  formatSignedRun,
  isSignedEdge,
  isSignedRun,
  parseSignedEdge,
  parseSignedRun,
} from '../../src/registry/signedEdge.ts';
import type { Carriage } from '../../src/registry/signedFile.ts';
import { isSignedRequest, parseSignedRequest, type SignedRequest } from '../../src/registry/signedRequest.ts';
import { resultId, subjectOf } from '../../src/registry/statement.ts';
import { carryRequest } from '../chain/carry.ts';
import { type Chain, connect } from '../chain/client.ts';
import { type KeyOptions, loadAccount } from '../chain/keys.ts';
import { modelPage, readPageDeployment } from '../chain/pageDeployment.ts';
import {
  carryEdge,
  carryRun,
  type RunSubmission,
  type Submission,
  sentBy,
  signEdge,
  signRun,
  submitEdge,
  submitRun,
} from '../chain/submitEdge.ts';
import { carryForeign, type ForeignSubmission, signForeign, submitForeign } from '../chain/submitForeign.ts';
import { writeDurably } from '../files/durable.ts';
import { linkToSubmit } from '../files/linkedEdge.ts';
import { readParsed } from '../files/read.ts';
import { commandLine } from '../terminal/invocation.ts';
import { counted } from '../terminal/plural.ts';
import {
  type ChainOptions,
  type CommonOptions,
  outputOf,
  withCommon,
  withKey,
  withRpc,
  withValidFor,
} from './options.ts';

interface SubmitOptions extends CommonOptions, ChainOptions {
  link?: boolean;
  site?: string;
  sign?: boolean;
  validFor: number;
}

/** Where `npm run web` serves. */
const DEVELOPMENT_SITE = 'http://127.0.0.1:3000';

const HELP = `
Without any key, or with --link, it sends nothing and prints a link that opens the page's form with the edge in it, for a
wallet to send; that needs no chain. After sending it prints the page of the model, where a page is known. A foreign child
(descent foreign prove) is sent or signed, not linked. What --sign of other commands wrote is carried too.`;

export function addSubmitCommand(program: Command): void {
  withValidFor(withCommon(withKey(withRpc(program.command('submit')))), 'edge')
    .description(
      'send a proved edge or run to its registry; or sign it so that another pays; or make a link for a wallet',
    )
    .argument(
      '<edge>',
      'edge file (*.edge.json) or run file (*.run.json), or what --sign made of it (*.signed.json): then anybody may send it',
    )
    .option('--sign', 'send nothing; write <edge>.signed.json, with which anybody can pay for the transaction')
    .option('--link', 'only make the link')
    .addOption(
      new Option('--site <url>', "where the page is served (default: the running demo's, else npm run web's)").env(
        'DESCENT_SITE',
      ),
    )
    .addHelpText('after', HELP)
    .action(async (file: string, options: SubmitOptions) => {
      const output = outputOf(options);
      const request = readParsed(file, (bytes) => parseAny(new TextDecoder().decode(bytes)));
      if ('signature' in request) return carryPlain(request, options);
      if (options.link || !(hasKey(options) || options.sign || request.signed)) {
        if (request.what === 'foreign') throw noLink(request);
        const link = linkToSubmit(request.text, options.site ?? readPageDeployment()?.site ?? DEVELOPMENT_SITE);
        const { chainId, trainer } = request.edge.context;
        const who = `Open this where the wallet of ${trainer} is, on chain ${chainId}:`;
        return output.result({ id: resultId(request.edge.statement), sent: false, link }, `${who}\n${link}`);
      }
      const chain = await connect(options.rpc);
      const account = loadAccount(options, chain.id);
      if (options.sign) {
        const made = await request.sign(chain, account, options.validFor * 3600);
        const target = signedFileOf(file);
        writeDurably(target, made.text);
        return output.result(documentOf(request, made, target), describeSigned(request, made, target));
      }
      output.progress.stage(`submit ${request.what}`);
      const submission = await request.send(chain, account, `${file}.tx`);
      output.progress.done();
      const page = pageOf(request.edge, options.site);
      const lines = [describeSent(request, submission), ...(page === undefined ? [] : [`page     ${page}`])];
      output.result({ ...submission, page }, lines.join('\n'));
    });
}

/** What was sent: an edge, or all segments of a run. */
type Sent = Submission | RunSubmission | ForeignSubmission;

/** A request that its trainer signed, as a file. */
interface Signed extends Carriage {
  text: string;
}

/** An edge or a run of them, signed by its trainer or not. */
interface Request {
  /** The last edge: its model is what the request is about. */
  edge: Edge;
  /** For people, such as `train`. */
  what: string;
  /** Text of the edge file or of the run's. */
  text: string;
  signed: boolean;
  send(chain: Chain, account: LocalAccount, journal: string): Promise<Sent>;
  sign(chain: Chain, account: LocalAccount, seconds: number): Promise<Signed>;
}

/** @throws FileFormatError when the text is nothing that can be sent */
function parseAny(text: string): Request | SignedRequest {
  return isSignedRequest(text) ? parseSignedRequest(text) : parseRequest(text);
}

/** Carries what needs no proof. */
async function carryPlain(signed: SignedRequest, options: SubmitOptions): Promise<void> {
  const { trainer, target, action } = signed.request;
  if (options.link || options.sign) {
    throw new InputError(
      `The file holds ${action.what} of ${trainer}, signed: it is carried, not signed again or linked.`,
      {
        hint: 'Leave out --sign and --link, and give the key of whoever pays.',
      },
    );
  }
  const output = outputOf(options);
  const chain = await connect(options.rpc);
  const account = loadAccount(options, chain.id);
  output.progress.stage(`carry ${action.what}`);
  const receipt = await carryRequest(chain, account, signed, options.runs);
  output.progress.done();
  const known = { request: action.what, trainer, target, sent: receipt !== undefined };
  const what = `${action.what} of ${trainer} to ${target}`;
  if (receipt === undefined) return output.result(known, `The request was carried or cancelled before: ${what}.`);
  const sent = sentBy(receipt);
  output.result({ ...known, ...sent }, `Carried ${what}.\n${whereOf({ registry: target, ...sent })}`);
}

/** The page reads no foreign children. */
function noLink({ edge }: Request): InputError {
  return new InputError('No page takes a foreign child: there is no link to it.', {
    hint: `Send it with the key of ${edge.context.trainer}, or sign it (--sign) and let another pay.`,
  });
}

/** @throws FileFormatError when the text is none of them */
function parseRequest(text: string): Request {
  if (isSignedRun(text)) {
    const signed = parseSignedRun(text);
    return requestOfRun(signed.run, (chain, account, journal) => carryRun(chain, account, signed, journal));
  }
  if (isRun(text)) return requestOfRun(parseRun(text));
  if (isSignedForeign(text)) {
    const signed = parseSignedForeign(text);
    return requestOfForeign(signed.child, (chain, account, journal) => carryForeign(chain, account, signed, journal));
  }
  if (isForeign(text)) return requestOfForeign(parseForeign(text));
  if (isSignedEdge(text)) {
    const signed = parseSignedEdge(text);
    return requestOfEdge(signed.edge, (chain, account, journal) => carryEdge(chain, account, signed, journal));
  }
  return requestOfEdge(parseEdge(text));
}

function requestOfEdge(edge: Edge, carry?: Request['send']): Request {
  return {
    edge,
    what: edge.statement.program,
    text: formatEdge(edge),
    signed: carry !== undefined,
    send: carry ?? ((chain, account, journal) => submitEdge(chain, account, edge, journal)),
    async sign(chain, account, seconds) {
      const made = await signEdge(chain, account, edge, seconds);
      return { ...made, text: formatSignedEdge(made) };
    },
  };
}

function requestOfForeign(child: ForeignEdge, carry?: Request['send']): Request {
  return {
    edge: child.range,
    what: 'foreign',
    text: formatForeign(child),
    signed: carry !== undefined,
    send: carry ?? ((chain, account, journal) => submitForeign(chain, account, child, journal)),
    async sign(chain, account, seconds) {
      const made = await signForeign(chain, account, child, seconds);
      return { ...made, text: formatSignedForeign(made) };
    },
  };
}

function requestOfRun(run: EdgeRun, carry?: Request['send']): Request {
  const { edges } = run;
  return {
    edge: edges[edges.length - 1],
    what: `a run of ${counted(edges.length, 'segment')}`,
    text: formatRun(run),
    signed: carry !== undefined,
    send: carry ?? ((chain, account, journal) => submitRun(chain, account, run, journal)),
    async sign(chain, account, seconds) {
      const made = await signRun(chain, account, run, seconds);
      return { ...made, text: formatSignedRun(made) };
    },
  };
}

/** Where the model of an edge can be seen, if it has one and a site is known. */
function pageOf({ context, statement }: Edge, site: string | undefined): string | undefined {
  const { model } = subjectOf(statement);
  return model && modelPage(model.id, context, site);
}

/** Whether the user named a key, good or not. */
function hasKey({ keyFile, account }: KeyOptions): boolean {
  return keyFile !== undefined || account !== undefined || Boolean(process.env.DESCENT_PRIVATE_KEY);
}

/** `train.edge.json` becomes `train.signed.json`. */
function signedFileOf(file: string): string {
  return `${file.replace(/(\.(edge|run))?\.json$/, '')}.signed.json`;
}

function documentOf({ edge }: Request, { relay, nonce, deadline }: Signed, file: string) {
  const { chainId, registry, trainer } = edge.context;
  const id = resultId(edge.statement);
  return {
    file,
    id,
    chainId: Number(chainId),
    registry,
    trainer,
    relay,
    nonce: `${nonce}`,
    deadline: Number(deadline),
  };
}

function describeSigned({ edge, what }: Request, { deadline }: Signed, file: string): string {
  const until = new Date(Number(deadline) * 1000).toISOString();
  return `Signed ${what} ${resultId(edge.statement)}.\n${file}\nAnybody can send it until ${until}: ${commandLine('submit', file)}`;
}

function describeSent({ edge, what }: Request, sent: Sent): string {
  if ('id' in sent) return describeSubmission(sent);
  const id = resultId(edge.statement);
  if (!sent.sent) return `${id} is registered already, ${what}.`;
  const between = sent.kept.length - 1;
  const also = between === 0 ? '' : ` and ${counted(between, 'model')} before it`;
  return `Registered ${id}${also}, ${what}.\n${whereOf(sent)}`;
}

export function describeSubmission(submission: Submission | ForeignSubmission): string {
  const { id, program, sent } = submission;
  if (!sent) return `${program} ${id} is registered already.`;
  return `Registered ${program} ${id}.\n${whereOf(submission)}`;
}

function whereOf({
  registry,
  gas,
  block,
  transaction,
}: Pick<Sent, 'registry' | 'gas' | 'block' | 'transaction'>): string {
  return `at       ${registry}\ngas      ${gas?.toLocaleString('en-US')}\nblock    ${block}, transaction ${transaction}`;
}
