import { toCardinal as spanish, toOrdinal as spanishOrdinal } from 'n2words/es-ES';
import { toCardinal as french, toOrdinal as frenchOrdinal } from 'n2words/fr-FR';
import { toCardinal as italian, toOrdinal as italianOrdinal } from 'n2words/it-IT';
import { toCardinal as portuguese, toOrdinal as portugueseOrdinal } from 'n2words/pt-PT';
import { type SpokenLanguage, spokenText } from './spoken-text.ts';

/**
 * A French text as it is spoken. Microsoft documents no rules for French: these are its rules for English with the numbers of CLDR.
 * `14h30` is `quatorze heures trente`, `1er` is `premier`, `2e` is `deuxième`.
 */
export function normaliseAzureFrFr(text: string): string {
  return spokenText(text, {
    cardinal: (digits) => french(digits),
    ordinalSigns: '(er|re|ère|e|ème|eme)',
    ordinal: (digits, sign) => {
      if (digits === '1') return { er: 'premier', re: 'première', ère: 'première' }[sign];
      return Number(digits) > 1 && ['e', 'ème', 'eme'].includes(sign) ? frenchOrdinal(digits) : undefined;
    },
    point: 'virgule',
    minus: 'moins',
    percent: 'pour cent',
    and: 'et',
    clock: (hour, minutes) => {
      const full = hour === 'un' ? 'une heure' : `${hour} heures`;
      return minutes === 0 ? full : `${full} ${french(minutes)}`;
    },
    currencies: { '€': ['un euro', 'euros'], $: ['un dollar', 'dollars'], '£': ['une livre', 'livres'] },
    beforeCents: '',
    keepsApostrophes: true,
  });
}

/** A Spanish text as it is spoken, in the way of {@link normaliseAzureFrFr}. `1º` is `primero`, `2ª` is `segunda`. */
export function normaliseAzureEsEs(text: string): string {
  return spokenText(text, {
    cardinal: (digits) =>
      spanish(digits)
        .replace(/dieciseis/g, 'dieciséis')
        .replace(/uno mil\b/g, 'un mil'),
    ...byGender((digits) => spanishOrdinal(digits)),
    point: 'coma',
    minus: 'menos',
    percent: 'por ciento',
    and: 'y',
    clock: (hour, minutes) => (minutes === 0 ? hour : `${hour} ${spanish(minutes).replace('dieciseis', 'dieciséis')}`),
    currencies: { '€': ['un euro', 'euros'], $: ['un dólar', 'dólares'], '£': ['una libra', 'libras'] },
    beforeCents: 'con',
    keepsApostrophes: true,
  });
}

/** An Italian text as it is spoken, in the way of {@link normaliseAzureFrFr}. `1º` is `primo`, `2ª` is `seconda`. */
export function normaliseAzureItIt(text: string): string {
  return spokenText(text, {
    cardinal: (digits) => italian(digits),
    ...byGender((digits) => italianOrdinal(digits)),
    point: 'virgola',
    minus: 'meno',
    percent: 'per cento',
    and: 'e',
    clock: (hour, minutes) => (minutes === 0 ? hour : `${hour} e ${italian(minutes)}`),
    currencies: { '€': ['un euro', 'euro'], $: ['un dollaro', 'dollari'], '£': ['una sterlina', 'sterline'] },
    beforeCents: 'e',
    keepsApostrophes: true,
  });
}

/** A Brazilian text as it is spoken, in the way of {@link normaliseAzureFrFr}. `R$ 5,50` is `cinco reais e cinquenta`. */
export function normaliseAzurePtBr(text: string): string {
  return spokenText(text, {
    cardinal: brazilian,
    ...byGender((digits) => portugueseOrdinal(digits)),
    point: 'vírgula',
    minus: 'menos',
    percent: 'por cento',
    and: 'e',
    clock: (hour, minutes) => {
      const full = hour === 'um' ? 'uma hora' : hour === 'dois' ? 'duas horas' : `${hour} horas`;
      return minutes === 0 ? full : `${full} e ${brazilian(String(minutes))}`;
    },
    currencies: {
      r$: ['um real', 'reais'],
      '€': ['um euro', 'euros'],
      $: ['um dólar', 'dólares'],
      '£': ['uma libra', 'libras'],
    },
    beforeCents: 'e',
    keepsApostrophes: true,
  });
}

/** Portugal's words in the spelling of Brazil, which counts thousands of millions as billions. */
function brazilian(digits: string): string {
  const billions = digits.length > 9 && digits.length <= 12 ? digits.slice(0, -9) : '';
  const rest = digits.slice(billions.length).replace(/^0+(?=\d)/, '');
  const words = [
    ...(billions === '' ? [] : [`${portuguese(billions)} ${billions === '1' ? 'bilhão' : 'bilhões'}`]),
    ...(billions !== '' && rest === '0' ? [] : [portuguese(rest)]),
  ].join(' ');
  return words.replace(/dezasseis|dezassete|dezanove/g, (word) => word.replace('deza', 'deze'));
}

/** `º` says the number as an ordinal of a masculine word, `ª` of a feminine one. */
function byGender(ordinalOf: (digits: string) => string): Required<Pick<SpokenLanguage, 'ordinal' | 'ordinalSigns'>> {
  return {
    ordinalSigns: '\\.?([ºª])',
    ordinal: (digits, sign) => {
      if (Number(digits) === 0) return undefined;
      const masculine = ordinalOf(digits);
      return sign === 'ª' ? masculine.replace(/o\b/g, 'a') : masculine;
    },
  };
}
