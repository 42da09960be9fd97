import { describe, expect, it } from 'vitest';
import {
  normaliseAzureEsEs,
  normaliseAzureFrFr,
  normaliseAzureItIt,
  normaliseAzurePtBr,
} from '../../../../workflows/scoring/profiles/azure-romance.ts';

describe('normaliseAzureFrFr', () => {
  it.each([
    ['L’école à 14h30, 1er étage', "l'école à quatorze heures trente premier étage"],
    ['la 1re, la 2e, la 3ème, 1e', 'la première la deuxième la troisième un e'],
    ['12\u202f450 ou 3,14 %', 'douze mille quatre cent cinquante ou trois virgule un quatre pour cent'],
    ['80, 97 & quatre-vingt-dix-sept', 'quatre vingts quatre vingt dix sept et quatre vingt dix sept'],
    ["1:00 Aujourd'hui, 1 h, 5,50 €", "une heure aujourd'hui un h cinq euros cinquante"],
  ])('says %s', (text, normalised) => expect(normaliseAzureFrFr(text)).toBe(normalised));
});

describe('normaliseAzureEsEs', () => {
  it.each([
    ['El 1º y la 2ª; 16, 116 y 31.000', 'el primero y la segunda dieciséis ciento dieciséis y treinta y un mil'],
    ['3,5 % a las 5:16', 'tres coma cinco por ciento a las cinco dieciséis'],
    ['¿5,50 €? ¡1 €!', 'cinco euros con cincuenta un euro'],
    ['-3 & niño', 'menos tres y niño'],
  ])('says %s', (text, normalised) => expect(normaliseAzureEsEs(text)).toBe(normalised));
});

describe('normaliseAzureItIt', () => {
  it.each([
    ["Il 1º, la 3ª; 23 e 101, l'acqua", "il primo la terza ventitré e centouno l'acqua"],
    ['5,50 € alle 17:30', 'cinque euro e cinquanta alle diciassette e trenta'],
    ['3,04%', 'tre virgola zero quattro per cento'],
  ])('says %s', (text, normalised) => expect(normaliseAzureItIt(text)).toBe(normalised));
});

describe('normaliseAzurePtBr', () => {
  it.each([
    ['16, 17 e 19', 'dezesseis dezessete e dezenove'],
    ['R$ 5,50 ou r$1', 'cinco reais e cinquenta ou um real'],
    ['1.500.000.000 e 2.000.000.000', 'um bilhão quinhentos milhões e dois bilhões'],
    ['às 14:05, 2:00, 2ª feira', 'às catorze horas e cinco duas horas segunda feira'],
  ])('says %s', (text, normalised) => expect(normaliseAzurePtBr(text)).toBe(normalised));
});
