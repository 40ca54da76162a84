// From prices to the rows of a training: five changes of a month, and the next one, as TradingAgent.sol has them.
// node examples/agent/rows.ts <prices.csv> <rows.csv> [rows]
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Changes that a row has. */
const CHANGES = 5;
/** The contract's numbers: 2^9 to the unit, and a change counts eight times. */
const ONE = 512;
const SCALE = 8;

/** The prices of a table with the columns date and price, the oldest first. */
export function pricesIn(csv: string): number[] {
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]));
}

/** Changes in units of 2^-9, rounded towards 0 as Solidity divides. Prices are hundredths. */
export function changesOf(prices: readonly number[]): number[] {
  const cents = prices.map((price) => BigInt(Math.round(price * 100)));
  return cents.slice(1).map((price, k) => Number(((price - cents[k]) * BigInt(ONE * SCALE)) / cents[k]));
}

/** A table with the columns c1 .. c5 and next. */
export function rowsOf(prices: readonly number[]): string {
  const changes = changesOf(prices).map((change) => change / ONE);
  const lines = changes.slice(CHANGES).map((_, k) => changes.slice(k, k + CHANGES + 1).join(','));
  return `c1,c2,c3,c4,c5,next\n${lines.join('\n')}\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [prices, rows, count = '64'] = process.argv.slice(2);
  writeFileSync(rows, rowsOf(pricesIn(readFileSync(prices, 'utf8')).slice(0, CHANGES + 1 + Number(count))));
}
