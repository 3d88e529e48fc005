import { NativeSelect } from '@mantine/core';

/** Which device of a kind: the browser's own list, which phones show well. */
export function DevicePicker({
  label,
  automatic,
  unnamed,
  available,
  chosen,
  onChoose,
}: {
  label: string;
  /** Names the browser's own choice. */
  automatic: string;
  /** Names a device whose name the browser does not tell yet. */
  unnamed: (number: number) => string;
  available: readonly { deviceId: string; label: string }[];
  /** Empty: the browser's own choice. */
  chosen: string;
  onChoose: (deviceId: string) => void;
}) {
  const isKnown = available.some(({ deviceId }) => deviceId === chosen);
  return (
    <NativeSelect
      label={label}
      size="sm"
      disabled={available.length === 0}
      value={isKnown ? chosen : ''}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      data={[
        { value: '', label: automatic },
        ...available.map(({ deviceId, label: name }, index) => ({
          value: deviceId,
          label: name || unnamed(index + 1),
        })),
      ]}
    />
  );
}
