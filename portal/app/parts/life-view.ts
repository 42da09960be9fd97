import { points, rate } from '../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../workflows/report/html/views/shown-text.ts';
import type { Cost, Life, NewerBase } from '../../api/lives.ts';
import { objectAddress } from './object-address.ts';
import { dayText } from './said.ts';

/** When something ends: the day, and how many are left; what is pressing stands out, unless nothing uses it. */
export function lifeView(
  { ends, daysLeft, state }: Pick<Life, 'ends' | 'daysLeft' | 'state'>,
  { isUsed = true }: { readonly isUsed?: boolean } = {},
): View {
  if (ends === undefined || daysLeft === undefined) return markup`<span class="quiet">no date told</span>`;
  const days = Math.abs(daysLeft);
  const left = `${days} ${days === 1 ? 'day' : 'days'}`;
  const said = daysLeft < 0 ? 'expired' : `in ${left}`;
  return markup`<span class=${`life ${isUsed ? state.replaceAll(' ', '-') : ''}`} title=${daysLeft < 0 ? `${ends}, ${left} ago` : ends}>
    <time datetime=${ends}>${dayText(ends)}</time>${' '}<span class="left">${said}</span>
  </span>`;
}

/** Days from one moment to another, for {@link lifeView}. */
export function daysBetween(from: string, to: string | undefined): Partial<Pick<Life, 'ends' | 'daysLeft'>> {
  const days = Math.floor((Date.parse(to ?? '') - Date.parse(from)) / 86_400_000);
  return to === undefined || Number.isNaN(days) ? {} : { ends: to, daysLeft: days };
}

/** That a base model is newer, and how much better it was measured to be; `base` is the address of the Speech resource. */
export function newerBaseView({ id, name, measured }: NewerBase, base: string): View {
  const title = markup`<strong>Newer base model <a href=${objectAddress(base, { kind: 'model', id })}><bdi>${shownText(name)}</bdi></a></strong>`;
  if (measured === undefined) return markup`${title}: no evaluation has measured it beside the present one.`;
  const { dataset, ofBase, ofModel } = measured;
  const compared = [
    ...(ofBase === undefined ? [] : [comparedView(measured.rate, ofBase, 'the present base model')]),
    ...(ofModel === undefined ? [] : [comparedView(measured.rate, ofModel, 'the model itself')]),
  ];
  return markup`${title}: measured ${compared.map((one, index) => [index === 0 ? '' : ', and ', one])} on <bdi>${shownText(dataset.name)}</bdi>.`;
}

function comparedView(ours: number, theirs: number, what: string): View {
  const difference = points(ours - theirs).replace(/^[−+]/, '');
  const said =
    ours < theirs
      ? `${difference} points better than`
      : ours > theirs
        ? `${difference} points worse than`
        : 'as good as';
  return markup`<span class=${ours < theirs ? 'good' : ours > theirs ? 'bad' : undefined}>${said}</span> ${what}${' '}(${rate(ours, [theirs])} against ${rate(theirs, [ours])})`;
}

/** What something costs, by the prices of the repository; what prices.yaml does not say is shown as not known. */
export function costView({ currency, date, source, items }: Cost): View {
  return markup`<ul class="plain">
      ${items.map(
        ({ what, unit, quantity, price, amount, per, note }) =>
          markup`<li>
            <bdi>${shownText(what)}</bdi>: <strong>${amount === undefined ? 'not known' : `${amount.toFixed(2)} ${shownText(currency)}`}</strong>
            ${per === 'month' ? ' a month' : ''}${amount === undefined ? whyUnknown(unit, { hasPrice: price !== undefined, hasQuantity: quantity !== undefined }) : ''}
            ${note === undefined ? '' : markup` <span class="quiet">(${shownText(note)})</span>`}
          </li>`,
      )}
    </ul>
    <p class="quiet">By prices.yaml of ${shownText(date)}, ${sourceView(source)}</p>`;
}

/** Where prices stand: an address is a link that bears the name of its server. */
function sourceView(source: string): View {
  const url = URL.parse(source);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return shownText(source);
  return markup`from <a href=${url.href} title=${shownText(source)} target="_blank" rel="noreferrer">${shownText(url.hostname)}</a>`;
}

function whyUnknown(unit: string, has: { readonly hasPrice: boolean; readonly hasQuantity: boolean }): string {
  if (!has.hasPrice) return `, prices.yaml has no price of ${unit}`;
  return has.hasQuantity ? '' : `, nobody knows how many ${unit}`;
}
