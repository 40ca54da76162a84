import type { Card } from '../../chain/readCards.ts';
import type { WeightsFile } from './claims.ts';
import type { DataFacts } from './data.ts';
import type { LineageFacts } from './facts.ts';
import type { ResultFacts } from './results.ts';

/** All that papers about a model are made of. */
export interface PaperFacts {
  lineage: LineageFacts;
  /** what the trainer says of the model: hostile */
  card: Card | undefined;
  /** undefined where no scoreboard was asked */
  results: ResultFacts[] | undefined;
  /** undefined where no contract of datasets was asked */
  data: DataFacts[] | undefined;
  /** datasets of the same shards that are left out */
  dataLeftOut: number;
  /** the file with the model's weights, which was compared */
  weights: WeightsFile | undefined;
  /** of the model, as its publisher says: an id of SPDX */
  license: string | undefined;
  /** address of a page that shows the registry */
  page: string | undefined;
  /** version of this program */
  version: string;
}
