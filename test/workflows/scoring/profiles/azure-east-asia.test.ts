import { describe, expect, it } from 'vitest';
import { normaliseAzureJaJp, normaliseAzureZhCn } from '../../../../workflows/scoring/profiles/azure-east-asia.ts';

describe('normaliseAzureZhCn', () => {
  // Microsoft Learn, "How to create human-labeled transcriptions", zh-CN, without the words that the service divides the text into.
  it.each([
    ['3.1415', '三点一四一五'],
    ['￥ 3.5', '三元五角'],
    ['w f y z', 'W F Y Z'],
    ['1992 年 8 月 8 日', '一九九二 年 八 月 八 日'],
    ['你吃饭了吗?', '你吃饭了吗'],
    ['下午 5:00 的航班', '下午 五点 的航班'],
    ['我今年 21 岁', '我今年 二十一 岁'],
  ])("does as Microsoft's sample: %s", (text, normalised) => expect(normaliseAzureZhCn(text)).toBe(normalised));

  it.each([
    ['¥3.56 ¥3.05 ¥1,200 $5.2 €3', '三元五角六分 三元零五分 一千二百元 五点二美元 三欧元'],
    ['5:05 12:30', '五点零五 十二点三十'],
    ['10 12 110 101 10500', '十 十二 一百一十 一百零一 一万零五百'],
    ['50% -5 13800138001 007', '百分之五十 负五 一三八零零一三八零零一 零零七'],
    ['ＡＢＣ，straße！', 'ABC STRAßE'],
  ])('says %s', (text, normalised) => expect(normaliseAzureZhCn(text)).toBe(normalised));
});

describe('normaliseAzureJaJp', () => {
  it.each([
    ['１９９２年8月8日、5:30に会う。', '千九百九十二年八月八日 五時三十分に会う'],
    ['¥100と3.14％、ＡＢＣ', '百円と三点一四パーセント abc'],
    ['カタカナ・ﾊﾝｶｸｶﾞ', 'カタカナ ハンカクガ'],
    ['10,500円 0.5 -3', '一万五百円 零点五 マイナス三'],
    ['人々のコーヒー', '人々のコーヒー'],
  ])('says %s', (text, normalised) => expect(normaliseAzureJaJp(text)).toBe(normalised));
});
