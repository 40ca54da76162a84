import { devKeysInWords, SHARE_SIZE, shareImage } from '../../../../components/ShareImage.tsx';
import { readDataset } from '../../../../lib/chain/pages.ts';
import { plural, short } from '../../../../lib/format.ts';
import { safeText } from '../../../../lib/hostile.ts';
import { idIn } from '../../../../lib/ids.ts';

export const size = SHARE_SIZE;
export const contentType = 'image/png';
export const alt = 'A dataset in the Descent register';

interface Props {
  params: Promise<{ id: string }>;
}

export default async function Image({ params }: Props) {
  const id = idIn((await params).id);
  const view = id && (await readDataset(id));
  if (!view || 'missing' in view) return shareImage();
  const { config, dataset, trainedOn, notes } = view;
  return shareImage({
    kind: 'Dataset',
    title: short(dataset.id),
    given: safeText(dataset.uri),
    id: short(dataset.id, 14, 10),
    lines: [
      `${plural(dataset.rows, 'row')} in ${plural(dataset.shards.length, 'shard')}`,
      `${plural(trainedOn.total, 'model')} trained on it`,
    ],
    warnings: [...(notes.revoked ? ['Revoked by its registrar'] : []), ...devKeysInWords(config)],
  });
}
