import type { GraphNode, GraphScore } from './chain/types.ts';
import { count, percent, plural, short } from './format.ts';
import type { Colour } from './treeLink.ts';

/** What the models of a picture are coloured by. Classes are those of globals.css, each of which sets one colour. */
export interface Colours {
  /** class of a model that has a colour */
  of: ReadonlyMap<string, string>;
  legend: { shade: string; words: string }[];
  /** what else there is to know, such as why models have no colour */
  note: string;
}

/** Class of models without a colour. */
export const PLAIN = 'shade-none';
/** From the lowest score to the best. Their order is that of their names: a group has the colour of its best. */
const SCALE = ['shade-s1', 'shade-s2', 'shade-s3', 'shade-s4', 'shade-s5'];
/** Of the trainers with the most models, in this order. */
const OF_TRAINERS = ['shade-t1', 'shade-t2', 'shade-t3', 'shade-t4', 'shade-t5', 'shade-t6'];

/** Colours of the models that are shown. @param people names of addresses, in lower case */
export function coloursOf(nodes: readonly GraphNode[], by: Colour, people: Record<string, string>): Colours {
  return by === 'score' ? byScore(nodes) : byTrainer(nodes, people);
}

/** What keeps a score from being compared with others keeps it from having a colour among them. */
function isComparable(score: GraphScore | undefined): score is GraphScore {
  return score !== undefined && score.trainedRows === 0 && score.sameSchema !== false && !score.unread;
}

/** Greater is better: the share of rows right, or the squared error below nothing. */
const goodness = ({ right, error = 0, rows }: GraphScore) => (right === undefined ? -error : right / rows);

function byScore(nodes: readonly GraphNode[]): Colours {
  const scored = nodes.flatMap(({ id, score }) => (isComparable(score) ? [{ id, score, value: goodness(score) }] : []));
  const values = scored.map(({ value }) => value);
  const [least, most] = [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const stepOf = (value: number) =>
    most === least
      ? SCALE.length - 1
      : Math.min(SCALE.length - 1, Math.floor((SCALE.length * (value - least)) / (most - least)));
  const of = new Map(scored.map(({ id, value }) => [id as string, SCALE[stepOf(value)]]));
  const isError = scored.some(({ score }) => score.right === undefined);
  const words = (value: number) => (isError ? Math.abs(value).toFixed(4) : percent(value));
  const legend = SCALE.flatMap((shade, k) => {
    const among = scored.filter(({ id }) => of.get(id) === shade).map(({ value }) => value);
    if (among.length === 0) return [];
    const [low, high] = [among.reduce((a, b) => Math.min(a, b)), among.reduce((a, b) => Math.max(a, b))];
    const range = low === high ? words(low) : `${words(low)} to ${words(high)}`;
    return [{ shade, words: k === SCALE.length - 1 ? `${range}, the best` : range }];
  });
  const without = nodes.length - scored.length;
  return { of, legend, note: without > 0 ? `${count(without)} without a score that can be compared` : '' };
}

function byTrainer(nodes: readonly GraphNode[], people: Record<string, string>): Colours {
  const models = new Map<string, number>();
  for (const { trainer } of nodes) models.set(trainer, (models.get(trainer) ?? 0) + 1);
  const order = [...models].sort((a, b) => b[1] - a[1]);
  const named = order.slice(0, OF_TRAINERS.length);
  const shades = new Map(named.map(([trainer], k) => [trainer, OF_TRAINERS[k]]));
  const of = new Map(
    nodes.flatMap(({ id, trainer }) => (shades.has(trainer) ? [[id as string, shades.get(trainer)!]] : [])),
  );
  const legend = named.map(([trainer, many], k) => ({
    shade: OF_TRAINERS[k],
    words: `${people[trainer.toLowerCase()] ?? short(trainer)}, ${plural(many, 'model')}`,
  }));
  const rest = order.length - named.length;
  return { of, legend, note: rest > 0 ? `${plural(rest, 'other trainer')} without a colour` : '' };
}
