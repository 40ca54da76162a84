import type { Command } from 'commander';
import { encodeFunctionData } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { modelCardsAbi } from '../../src/generated/abi.ts';
import { loadAccount } from '../chain/keys.ts';
import { readCard } from '../chain/readCards.ts';
import { sendCall } from '../chain/send.ts';
import { modelIdOf } from '../runs/ids.ts';
import { printable } from '../terminal/printable.ts';
import {
  type CardsOptions,
  type CommonOptions,
  openCards,
  outputOf,
  withCards,
  withCommon,
  withKey,
  withRpc,
} from './options.ts';

interface CardOptions extends CommonOptions, CardsOptions {
  name: string;
  uri: string;
}

const MAX_NAME = 64;
const MAX_URI = 256;

export function addCardCommand(program: Command): void {
  withKey(withCards(withRpc(withCommon(program.command('card')))))
    .description('give a model of yours a name and an address for more; nothing of it is proved')
    .argument('<model>', 'id, edge file or weights file')
    .requiredOption('--name <text>', `at most ${MAX_NAME} bytes; with both texts empty the card is removed`)
    .option('--uri <uri>', `at most ${MAX_URI} bytes`, '')
    .action(async (what: string, options: CardOptions) => {
      const { name, uri } = options;
      requireLength(name, MAX_NAME, 'name');
      requireLength(uri, MAX_URI, 'URI');
      const { chain, cards } = await openCards(options);
      const account = loadAccount(options, chain.id);
      const model = await modelIdOf(what);
      const data = encodeFunctionData({ abi: modelCardsAbi, functionName: 'writeCard', args: [model, name, uri] });
      const known = await readCard(chain, cards, model);
      const isSame = known.name === printable(name) && known.uri === printable(uri);
      const sent = isSame ? undefined : await sendCall(chain, account, { to: cards, data }, options.runs);
      const card = await readCard(chain, cards, model);
      const text = isSame ? `The card of ${model} says so already.` : `The card of ${model} says "${card.name}".`;
      outputOf(options).result({ model, ...card, transaction: sent?.transactionHash }, text);
    });
}

function requireLength(text: string, limit: number, what: string): void {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > limit) throw new InputError(`The ${what} has ${bytes} bytes; at most ${limit} fit on a card.`);
}
