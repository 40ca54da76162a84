import { type Command, Option } from 'commander';
import { type Edge, parseEdge } from '../../src/registry/edge.ts';
import { formatSignedEdge, isSignedEdge, parseSignedEdge, type SignedEdge } from '../../src/registry/signedEdge.ts';
import { resultId, subjectOf } from '../../src/registry/statement.ts';
import { connect } from '../chain/client.ts';
import { type KeyOptions, loadAccount } from '../chain/keys.ts';
import { readPageDeployment } from '../chain/pageDeployment.ts';
import { carryEdge, type Submission, signEdge, submitEdge } from '../chain/submitEdge.ts';
import { writeDurably } from '../files/durable.ts';
import { linkToSubmit, siteUrl } from '../files/linkedEdge.ts';
import { readParsed } from '../files/read.ts';
import { commandLine } from '../terminal/invocation.ts';
import { type ChainOptions, type CommonOptions, outputOf, positive, withCommon, withKey, withRpc } from './options.ts';

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
        const { chainId, trainer } = edge.context;
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
function pageOf({ context, statement }: Edge, site: string | undefined): string | undefined {
  const { model } = subjectOf(statement);
  if (model === undefined) return undefined;
  const demo = readPageDeployment();
  const contracts = [demo?.registry, demo?.scoreboard].map((address) => address?.toLowerCase());
  const isDemo = BigInt(demo?.chainId ?? 0) === context.chainId && contracts.includes(context.registry.toLowerCase());
  const known = site ?? (isDemo ? demo?.site : undefined);
  if (known === undefined) return undefined;
  return `${siteUrl(known)}/model/${model.id}`;
}

/** An edge, or an edge that its trainer signed. @throws FileFormatError when the text is neither */
function parseRequest(text: string): Edge | SignedEdge {
  return isSignedEdge(text) ? parseSignedEdge(text) : parseEdge(text);
}

/** Whether the user named a key, good or not. */
function hasKey({ keyFile, account }: KeyOptions): boolean {
  return keyFile !== undefined || account !== undefined || Boolean(process.env.DESCENT_PRIVATE_KEY);
}

/** `train.edge.json` becomes `train.signed.json`. */
function signedFileOf(file: string): string {
  return `${file.replace(/(\.edge)?\.json$/, '')}.signed.json`;
}

function documentOf({ edge, relay, nonce, deadline }: SignedEdge, file: string) {
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

function describeSigned({ edge, deadline }: SignedEdge, file: string): string {
  const until = new Date(Number(deadline) * 1000).toISOString();
  return `Signed ${edge.statement.program} ${resultId(edge.statement)}.\n${file}\nAnybody can send it until ${until}: ${commandLine('submit', file)}`;
}

export function describeSubmission({ id, program, registry, sent, transaction, block, gas }: Submission): string {
  if (!sent) return `${program} ${id} is registered already.`;
  return `Registered ${program} ${id}.\nat       ${registry}\ngas      ${gas?.toLocaleString('en-US')}\nblock    ${block}, transaction ${transaction}`;
}
