/* Search in one language, by the index that the generator writes (see sitegen/render/search.py). search_loader.js starts it when
   someone is about to ask; a query stands in the address. */
export const start = form => {
  const input = form.querySelector('input');
  const status = document.querySelector('[data-search-status]');
  const list = document.querySelector('[data-search-results]');
  const everything = document.querySelector('[data-search-all]');
  const { search, found, nothing, failed, digits } = form.dataset;
  const most = 50;
  const quoted = 10;  // of so many results the passage is shown that answers
  const around = 220;  // characters of it

  // What is fetched is kept: the rules first, then files of words and of results, each when it is needed.
  const folder = search.slice(0, search.lastIndexOf('/') + 1);
  const kept = new Map();
  const fetched = async (url, options) => {
    const answer = await fetch(url, options);
    if (!answer.ok) throw new Error(answer.status);
    return options?.as === 'text' ? answer.text() : answer.json();
  };
  const once = (name, load) => {
    if (!kept.has(name)) kept.set(name, load().catch(error => { kept.delete(name); throw error; }));
    return kept.get(name);
  };
  const file = (rules, name) => once(name, () => fetched(`${folder}search-${name}.json?v=${rules.version}`));
  const prepare = () => once('rules', async () => {
    const rules = await fetched(search, { cache: 'no-cache' });
    const { dropped } = rules;
    rules.dropped = new RegExp(`[${dropped}]`, 'gu');
    rules.letters = new RegExp(`[${Object.keys(rules.folded).join('')}]`, 'gu');
    rules.rewritten = rules.rewritten.map(([pattern, sign]) => [new RegExp(pattern, 'gu'), sign]);
    rules.runs = new RegExp(`[${rules.unspaced}]+`, 'gu');
    rules.run = new RegExp(`[${rules.unspaced}]`, 'u');
    rules.seen = new RegExp(`[\\p{L}\\p{N}\\p{M}${dropped}]+`, 'gu');
    return rules;
  });

  // The same folding and cutting as in the index.
  const fold = (rules, text) => rules.rewritten.reduce(
    (folded, [pattern, sign]) => folded.replace(pattern, sign),
    text.normalize('NFKD').toLowerCase().replace(rules.dropped, '').replace(rules.letters, letter => rules.folded[letter]));
  const words = /[\p{L}\p{N}\p{M}\u200c]+/gu;
  const cut = (rules, word) => {
    const parts = [];
    let end = 0;
    for (const { 0: run, index } of word.matchAll(rules.runs)) {
      if (index > end) parts.push(word.slice(end, index));
      const signs = [...run];
      for (let n = 0; n < Math.max(1, signs.length - 1); n++) parts.push(signs.slice(n, n + 2).join(''));
      end = index + run.length;
    }
    if (end < word.length) parts.push(word.slice(end));
    return parts;
  };
  const parts = word => { // of a Persian compound; its endings are not asked for
    const all = word.split('\u200c').filter(part => part);
    return all.some(part => part.length > 3) ? all.filter(part => part.length > 3) : all;
  };
  const split = (rules, folded) =>
    [...new Set((folded.match(words) ?? []).flatMap(parts).flatMap(word => cut(rules, word)))];
  // Words that only make a question, such as "how" and "where", are not asked for beside others.
  const terms = (rules, text) => {
    const folded = fold(rules, text);
    const asides = fold(rules, form.dataset.asides ?? '').split(/\s+/).filter(aside => aside).sort((a, b) => b.length - a.length);
    const rest = asides.reduce((left, aside) => rules.run.test(aside) ? left.replaceAll(aside, ' ') : left, folded);
    const all = split(rules, rest).filter(term => !asides.includes(term));
    const asked = all.filter(term => term.length > 1 || !rules.run.test(term) || all.length < 2);
    return (asked.length ? asked : split(rules, folded)).slice(0, 60);  // of thousands
  };

  // How well a word of the index answers a word that was asked for: 1 for the same, 0 for another.
  const shared = (a, b) => {
    let n = 0;
    while (n < a.length && a[n] === b[n]) n++;
    return n;
  };
  const likeness = (asked, word) => {
    if (asked === word) return 1;
    const same = shared(asked, word);
    const longer = Math.max(asked.length, word.length);
    if (same === asked.length) return same < 3 ? .4 : .4 + .5 * same / longer;
    const isStem = same === word.length;
    if (same > 3 && (isStem || longer - same < 4) && same >= longer * (isStem ? .5 : .6))
      return (.3 + .4 * same / longer) * (longer - same < 4 ? 1 : .35);
    return same > 5 && same >= .65 * Math.min(asked.length, word.length) ? .2 : 0;  // as in apply, application
  };
  // How many letters to change, drop, add or swap to make one word of the other.
  const slips = (a, b, most) => {
    const same = shared(a, b);
    [a, b] = [a.slice(same), b.slice(same)];
    let before;
    let row = [...b, 0].map((_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const next = row.map((_, j) => j ? 9 : i);
      for (let j = Math.max(1, i - most); j <= Math.min(b.length, i + most); j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]),
          a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2] + 1 : 9);
      }
      if (Math.min(...next) > most) return 9;
      [before, row] = [row, next];
    }
    return row[b.length];
  };
  const slipped = (asked, word) => {
    const most = asked.length < 4 || asked.length > 40 ? 0 : asked.length < 8 ? 1 : 2;
    if (!most || asked[0] !== word[0] || Math.abs(asked.length - word.length) > most) return 0;
    const n = slips(asked, word, most);
    return n > most ? 0 : .8 - .1 * n;
  };
  // What answers a term: page → score; and how rare that is, which tells how much the term counts in a query.
  const answers = async (rules, asked) => {
    const shard = Object.entries(await file(rules, `terms-${asked.codePointAt(0) % rules.shards}`));
    const own = shard.filter(([word]) => word === asked);
    const isPair = rules.run.test(asked) && asked.length > 1;
    const like = isPair || own[0] ? [likeness] : [likeness, slipped];
    const stem = own[0] ? .5 : 1;  // a word that is there itself comes before what it begins with
    const best = new Map();
    for (const [word, pages] of isPair ? own : shard) {
      const how = Math.max(...like.map(compare => compare(asked, word))) * (word.length < asked.length ? stem : 1);
      for (let n = 0; how && n < pages.length; n += 2) {
        const [page, weight] = pages.slice(n, n + 2);
        const [most, score] = best.get(page) ?? [0, 0];
        best.set(page, [Math.max(most, how), Math.max(score, how * weight)]);
      }
    }
    const rarity = Math.log(1 + rules.pages / (1 + [...best.values()].reduce((sum, [how]) => sum + how, 0)));
    return { best, rarity };
  };
  // Pages that answer about half of a query or more, the best first. A word that no page holds counts for nothing: people ask in
  // whole sentences, and of two names one may be ours.
  const ask = async (rules, asked) => {
    const known = (await Promise.all(asked.map(term => answers(rules, term)))).filter(({ best }) => best.size);
    const whole = known.reduce((sum, { rarity }) => sum + rarity, 0);
    const sums = new Map();
    for (const { best, rarity } of known)
      for (const [page, [, score]] of best) {
        const sum = sums.get(page) ?? { page, part: 0, score: 0 };
        sum.part += rarity / whole;
        sum.score += rarity * score;
        sums.set(page, sum);
      }
    return [...sums.values()].filter(({ part }) => part > .45)
      .sort((a, b) => b.score * b.part - a.score * a.part || a.page - b.page);
  };

  // What is shown.
  const marked = (rules, asked, text) => {
    const element = document.createDocumentFragment();
    let end = 0;
    const spans = [];
    for (const { 0: word, index } of text.matchAll(rules.seen)) {
      const folded = fold(rules, word);
      if (rules.run.test(folded)) {
        for (let n = 0; n < word.length - 1; n++)
          if (asked.includes(fold(rules, word.slice(n, n + 2)))) spans.push([index + n, index + n + 2]);
      } else if (asked.some(term => likeness(term, folded))) spans.push([index, index + word.length]);
    }
    for (let [from, to] of spans) {
      from = Math.max(from, end);
      element.append(text.slice(end, from), Object.assign(document.createElement('mark'), { textContent: text.slice(from, to) }));
      end = to;
    }
    element.append(text.slice(end));
    element.normalize();
    return element;
  };
  // Which of the terms asked for a text holds.
  const held = (rules, asked, text) => {
    const found = new Set();
    for (const { 0: word } of text.matchAll(rules.seen)) {
      const folded = fold(rules, word);
      for (const term of asked)
        if (rules.run.test(folded) ? folded.includes(term) : likeness(term, folded)) found.add(term);
    }
    return found.size;
  };
  // The passage of a page that answers best, cut around its first match; "" where no passage says more than `summary`.
  const passage = async (rules, asked, url, summary) => {
    let best = '';
    let most = held(rules, asked, summary);
    if (most === asked.length) return best;
    const page = new DOMParser().parseFromString(await fetched(url, { as: 'text' }), 'text/html');
    for (const block of page.querySelectorAll('main :is(p, li, dd, h2, h3)')) {
      const text = block.textContent.replace(/\s+/gu, ' ').trim();
      const count = text === summary ? 0 : held(rules, asked, text);
      if (count > most) [best, most] = [text, count];
    }
    if (best.length <= around) return best;
    const first = [...best.matchAll(rules.seen)].find(({ 0: word }) => held(rules, asked, word)).index;
    const from = first < around / 2 ? 0 : best.lastIndexOf(' ', first - around / 3) + 1;
    const to = from + around < best.length ? Math.max(best.lastIndexOf(' ', from + around), first + around / 2) : best.length;
    return `${from ? '… ' : ''}${best.slice(from, to)}${to < best.length ? ' …' : ''}`;
  };
  const shown = async (rules, asked, hits) => {
    const files = new Map();
    for (const { page } of hits) {
      const number = Math.floor(page / rules.perFile);
      if (!files.has(number)) files.set(number, await file(rules, `pages-${number}`));
    }
    return hits.map(({ page }) => {
      const [url, title, summary] = files.get(Math.floor(page / rules.perFile))[page % rules.perFile];
      const item = list.querySelector('template').content.cloneNode(true);
      const link = item.querySelector('a');
      link.href = url;
      link.append(marked(rules, asked, title));
      item.querySelector('[data-summary]').append(marked(rules, asked, summary));
      return item;
    });
  };
  const inDigits = number => String(number).replace(/\d/g, digit => [...digits][digit]);
  let turn = 0;
  const run = async () => {
    const mine = ++turn;
    const query = input.value.trim();
    const template = list.querySelector('template');
    for (const link of document.querySelectorAll('.languages a')) {
      const url = new URL(link.href);
      url.search = query && new URLSearchParams({ q: query });
      link.href = url;
    }
    if (!query) {
      status.textContent = '';
      everything.hidden = false;
      list.replaceChildren(template);
      return;
    }
    try {
      const rules = await prepare();
      const asked = terms(rules, query);
      const hits = asked.length ? await ask(rules, asked) : [];
      const items = await shown(rules, asked, hits.slice(0, most));
      if (mine !== turn) return;
      list.replaceChildren(template, ...items);
      everything.hidden = hits.length > 0;
      status.textContent = hits.length ? found.replace('0', inDigits(hits.length)) : nothing;
      for (const item of list.querySelectorAll(`li:nth-of-type(-n + ${quoted})`)) {
        const line = item.querySelector('[data-summary]');
        passage(rules, asked, item.querySelector('a').href, line.textContent).then(text => {
          if (text && mine === turn) line.replaceChildren(marked(rules, asked, text));
        }, () => {});  // the summary stands
      }
    } catch {
      if (mine === turn) status.textContent = failed;
    }
  };

  input.value ||= new URLSearchParams(location.search).get('q') ?? '';
  const address = () => `?${new URLSearchParams({ q: input.value.trim() })}`;
  let wait;
  input.addEventListener('input', () => {
    clearTimeout(wait);
    wait = setTimeout(() => {
      history.replaceState(null, '', input.value.trim() ? address() : location.pathname);
      run();
    }, 120);
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    clearTimeout(wait);
    history.pushState(null, '', input.value.trim() ? address() : location.pathname);
    run();
  });
  addEventListener('popstate', () => {
    input.value = new URLSearchParams(location.search).get('q') ?? '';
    run();
  });
  if (input.value) run();
};
