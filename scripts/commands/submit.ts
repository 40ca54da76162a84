import { type Command, Option } from 'commander';
import { type Address, type Hex, type LocalAccount, type TransactionReceipt, zeroAddress } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import { DescentError } from '../../src/errors/DescentError.ts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { relayedAbi } from '../../src/generated/abi.ts';
import { encodeShape, encodeShard } from '../../src/model/shape.ts';
import { type Edge, edgeTransaction, parseEdge } from '../../src/registry/edge.ts';
import { modelId, resultId, shardId } from '../../src/registry/ids.ts';
import { typedRequest } from '../../src/registry/relay.ts';
import {
  edgeRequest,
  formatSignedEdge,
  isSignedEdge,
  parseSignedEdge,
  type SignedEdge,
  signedEdgeCall,
} from '../../src/registry/signedEdge.ts';
import type { Statement } from '../../src/registry/statement.ts';
import { type Chain, connect, requireContract } from '../chain/client.ts';
import { fileJournal } from '../chain/journal.ts';
import { type KeyOptions, loadAccount } from '../chain/keys.ts';
import { readModel, readResult, readShard } from '../chain/readRegistry.ts';
import { explainRevert } from '../chain/revert.ts';
import { type Call, sendOnce } from '../chain/transaction.ts';
import { linkToSubmit, siteUrl } from '../files/linkedEdge.ts';
import { readParsed } from '../files/read.ts';
import { readPageDeployment } from '../page/deployment.ts';
import { writeDurably } from '../runs/durable.ts';
import { commandLine } from '../terminal/invocation.ts';
import { type ChainOptions, type CommonOptions, outputOf, positive, withCommon, withKey, withRpc } from './options.ts';

export interface Submission {
  id: Hex;
  program: Edge['statement']['program'];
  registry: Hex;
  chainId: number;
  /** False when it was registered before. */
  sent: boolean;
  transaction?: Hex;
  block?: number;
  gas?: number;
}

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
wallet to send; that needs no chain. After sending it prints the page of the model, where a page is known.`;

export function addSubmitCommand(program: Command): void {
  withCommon(withKey(withRpc(program.command('submit'))))
    .description('send a proved edge to its registry; or sign it so that another pays; or make a link for a wallet')
    .argument('<edge>', 'edge file (*.edge.json), or what --sign made of it (*.signed.json): then anybody may send it')
    .option('--sign', 'send nothing; write <edge>.signed.json, with which anybody can pay for the transaction')
    .option('--valid-for <hours>', 'how long a signed edge can be sent', positive, 24 * 7)
    .option('--link', 'only make the link')
    .addOption(
      new Option('--site <url>', "where the page is served (default: the running demo's, else npm run web's)").env(
        'DESCENT_SITE',
      ),
    )
    .addHelpText('after', HELP)
    .action(async (file: string, options: SubmitOptions) => {
      const output = outputOf(options);
      const request = readParsed(file, (bytes) => parseRequest(new TextDecoder().decode(bytes)));
      const signed = 'edge' in request ? request : undefined;
      const edge = 'edge' in request ? request.edge : request;
      if (options.link || !(hasKey(options) || options.sign || signed)) {
        const link = linkToSubmit(edge, options.site ?? readPageDeployment()?.site ?? DEVELOPMENT_SITE);
        const { chainId, trainer } = edge.origin;
        const who = `Open this where the wallet of ${trainer} is, on chain ${chainId}:`;
        return output.result({ id: resultId(edge.statement), sent: false, link }, `${who}\n${link}`);
      }
      const chain = await connect(options.rpc);
      const account = loadAccount(options, chain.id);
      if (options.sign) {
        const made = await signEdge(chain, account, edge, options.validFor * 3600);
        const target = signedFileOf(file);
        writeDurably(target, formatSignedEdge(made));
        return output.result(documentOf(made, target), describeSigned(made, target));
      }
      output.progress.stage(`submit ${edge.statement.program}`);
      const submission = await (signed
        ? carryEdge(chain, account, signed, `${file}.tx`)
        : submitEdge(chain, account, edge, `${file}.tx`));
      output.progress.done();
      const page = pageOf(edge, options.site);
      const lines = [describeSubmission(submission), ...(page === undefined ? [] : [`page     ${page}`])];
      output.result({ ...submission, page }, lines.join('\n'));
    });
}

/** Where the model of an edge can be seen, if the site is given or the running demo serves this very registry. */
function pageOf({ origin, statement }: Edge, site: string | undefined): string | undefined {
  if (statement.program === 'data') return undefined;
  const demo = readPageDeployment();
  const contracts = [demo?.registry, demo?.scoreboard].map((address) => address?.toLowerCase());
  const isDemo = BigInt(demo?.chainId ?? 0) === origin.chainId && contracts.includes(origin.registry.toLowerCase());
  const known = site ?? (isDemo ? demo?.site : undefined);
  if (known === undefined) return undefined;
  const model =
    statement.program === 'score' ? modelId(statement.model, encodeShape(statement.widths)) : resultId(statement);
  return `${siteUrl(known)}/model/${model}`;
}

/** An edge, or an edge that its trainer signed. @throws FileFormatError when the text is neither */
function parseRequest(text: string): Edge | SignedEdge {
  return isSignedEdge(text) ? parseSignedEdge(text) : parseEdge(text);
}

/** Whether the user named a key, good or not. */
function hasKey({ keyFile, account }: KeyOptions): boolean {
  return keyFile !== undefined || account !== undefined || Boolean(process.env.DESCENT_PRIVATE_KEY);
}

export function readEdgeFile(path: string): Edge {
  return readParsed(path, (bytes) => {
    const text = new TextDecoder().decode(bytes);
    if (/^\s*\{/.test(text)) return parseEdge(text);
    throw new FileFormatError('This is no edge file.', {
      hint: 'Edge files end in .edge.json. descent show tells what a file of weights or rows holds.',
    });
  });
}

/**
 * Registers an edge, exactly once however often it is called.
 * @param journal file that keeps the signed transaction in between.
 * @throws InputError when the edge is of another chain or trainer; DescentError (proof) when the registry rejects it,
 * (chain) for everything else.
 */
export async function submitEdge(
  chain: Chain,
  account: LocalAccount,
  edge: Edge,
  journal: string,
): Promise<Submission> {
  const { to, data } = edgeTransaction(edge);
  await requireOrigin(chain, edge);
  requireTrainer(edge, account);
  return register(chain, account, edge, { to, data }, journal);
}

/** As `submitEdge`, for an edge that its trainer signed: the account only pays. */
export async function carryEdge(
  chain: Chain,
  account: LocalAccount,
  signed: SignedEdge,
  journal: string,
): Promise<Submission> {
  await requireOrigin(chain, signed.edge);
  await requireContract(chain, signed.relay, 'relay');
  return register(chain, account, signed.edge, signedEdgeCall(signed), journal);
}

/**
 * Signs an edge for the relay that its registry trusts.
 * @param seconds until the request expires
 * @throws InputError when the edge is of another chain or trainer, or the registry trusts no relay
 */
export async function signEdge(chain: Chain, account: LocalAccount, edge: Edge, seconds: number): Promise<SignedEdge> {
  await requireOrigin(chain, edge);
  requireTrainer(edge, account);
  const relay = await relayOf(chain, edge.origin.registry);
  // Unordered: any number that was not used will do, and nobody guesses the next one to be in the way.
  const nonce = BigInt(generatePrivateKey());
  const { timestamp } = await chain.client.getBlock();
  const where = { relay, nonce, deadline: timestamp + BigInt(seconds) };
  const signature = await account.signTypedData(typedRequest(edgeRequest(edge, where)) as never);
  return { edge, ...where, signature };
}

async function relayOf(chain: Chain, registry: Address): Promise<Address> {
  const trusted = { address: registry, abi: relayedAbi, functionName: 'trustedForwarder' } as const;
  const relay = await chain.client.readContract(trusted).catch(() => zeroAddress);
  if (relay !== zeroAddress) return relay;
  throw new InputError(`The registry ${registry} trusts no relay.`, { hint: 'Submit the edge with its own key.' });
}

async function requireOrigin(chain: Chain, { origin, statement }: Edge): Promise<void> {
  if (origin.chainId !== BigInt(chain.id)) {
    throw new InputError(`The edge is for chain ${origin.chainId}; the node is of chain ${chain.id}.`, {
      hint: 'Give another --rpc.',
    });
  }
  await requireContract(chain, origin.registry, statement.program === 'score' ? 'scoreboard' : 'registry');
}

function requireTrainer({ origin: { trainer } }: Edge, account: LocalAccount): void {
  if (trainer.toLowerCase() === account.address.toLowerCase()) return;
  throw new InputError(`The edge was proved for ${trainer}; the key is of ${account.address}.`, {
    hint: `Submit it with the key of ${trainer}, or prove it again for yourself.`,
  });
}

async function register(
  chain: Chain,
  account: LocalAccount,
  { origin, statement }: Edge,
  call: Call,
  journal: string,
): Promise<Submission> {
  const { registry, trainer } = origin;
  const known = { id: resultId(statement), program: statement.program, registry, chainId: chain.id };
  let receipt: TransactionReceipt;
  try {
    receipt = await sendOnce(chain, account, call, fileJournal(journal));
  } catch (error) {
    const reason = explainRevert(error);
    const registrant = await registrantOf(chain, registry, statement, reason);
    if (registrant?.toLowerCase() === trainer.toLowerCase()) return { ...known, sent: false };
    throw reason;
  }
  return {
    ...known,
    sent: true,
    transaction: receipt.transactionHash,
    block: Number(receipt.blockNumber),
    gas: Number(receipt.gasUsed),
  };
}

/** Who registered the edge's result, where the reason says that it is there already. */
async function registrantOf(
  chain: Chain,
  registry: Hex,
  statement: Statement,
  reason: unknown,
): Promise<Hex | undefined> {
  const there = ['ModelExists', 'ShardExists', 'SeedRequestUsed', 'NotBetter', 'NonceUsed'];
  if (!(reason instanceof DescentError) || !there.includes(reason.code)) return undefined;
  if (statement.program === 'score') {
    const model = modelId(statement.model, encodeShape(statement.widths));
    const shard = shardId(statement.shardCommitment, encodeShard(statement.shard));
    const known = await readResult(chain, registry, model, shard);
    return known?.value === statement.result ? known.prover : undefined;
  }
  const id = resultId(statement);
  if (statement.program === 'data') return (await readShard(chain, registry, id))?.owner;
  return (await readModel(chain, registry, id))?.trainer;
}

/** `train.edge.json` becomes `train.signed.json`. */
function signedFileOf(file: string): string {
  return `${file.replace(/(\.edge)?\.json$/, '')}.signed.json`;
}

function documentOf({ edge, relay, nonce, deadline }: SignedEdge, file: string) {
  const { chainId, registry, trainer } = edge.origin;
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

function describeSigned({ edge, deadline }: SignedEdge, file: string): string {
  const until = new Date(Number(deadline) * 1000).toISOString();
  return `Signed ${edge.statement.program} ${resultId(edge.statement)}.\n${file}\nAnybody can send it until ${until}: ${commandLine('submit', file)}`;
}

export function describeSubmission({ id, program, sent, transaction, block, gas }: Submission): string {
  if (!sent) return `${program} ${id} is registered already.`;
  return `Registered ${program} ${id}.\ngas      ${gas?.toLocaleString('en-US')}\nblock    ${block}, transaction ${transaction}`;
}
