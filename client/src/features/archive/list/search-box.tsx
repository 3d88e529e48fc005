import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useServices } from '#client/services/services.ts';
import { MAX_SEARCH_LENGTH } from '#client/session/archive/list-filters.ts';
import { useText } from '#client/text/use-text.ts';

/** A pause this long between two letters: somebody waits for an answer. */
const PAUSE_MS = 200;

/** Searches while somebody types. */
export function SearchBox({ value, onSearch }: { value: string; onSearch: (search: string) => void }) {
  const { list: text } = useText();
  const { clock } = useServices();
  const [typed, setTyped] = useState(value);
  // Letters of which a Chinese word is being made are no search yet.
  const [isComposing, setComposing] = useState(false);
  const sent = useRef(value);

  // Changed by other means, such as Back: that wins over what is in the box.
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);

  useEffect(() => {
    if (isComposing || typed === sent.current) return undefined;
    return clock.after(PAUSE_MS, () => {
      sent.current = typed;
      onSearch(typed);
    });
  }, [clock, isComposing, typed, onSearch]);

  return (
    <TextInput
      type="search"
      size="md"
      aria-label={text.search}
      placeholder={text.searchHint}
      leftSection={<IconSearch size={18} aria-hidden="true" />}
      rightSection={
        typed !== '' && <CloseButton aria-label={text.clearSearch} onClick={() => setTyped('')} />
      }
      value={typed}
      maxLength={MAX_SEARCH_LENGTH}
      autoComplete="off"
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
    />
  );
}
