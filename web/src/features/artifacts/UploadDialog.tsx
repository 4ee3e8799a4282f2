import { useState } from 'react'
import { formatBytes } from '@/lib/format'
import type { ProjectId } from '@/lib/ids'
import { Choice } from '@/ui/Choice'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { useAnalysis } from '@/ui/project'
import { guessType, send } from './uploads'

interface Props {
  readonly project: ProjectId
  readonly file: File
  readonly onClose: () => void
}

/** S-210: the file's name and data type, before it is sent. */
export function UploadDialog({ project, file, onClose }: Props) {
  const types = (useAnalysis()?.types ?? []).map(({ name }) => name).filter((name) => name !== 'Data')
  const [name, setName] = useState(file.name)
  const [type, setType] = useState(() => guessType(file.name, types))
  const start = () => {
    void send(project, file, name.trim(), type)
    onClose()
  }
  return (
    <Dialog
      title="Upload artifact"
      width={480}
      onClose={onClose}
      actions={[
        { label: 'Cancel', run: onClose },
        { label: 'Upload', run: start, primary: true, disabled: name.trim() === '' },
      ]}
    >
      <p>
        {file.name}, {formatBytes(file.size)}
      </p>
      <Field
        label="Name"
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.target.value)}
        data-autofocus
      />
      <Choice
        label="Type"
        hint="Operations whose inputs take this type can use it."
        data={types.length > 0 ? types : ['File']}
        value={type}
        onChoose={setType}
      />
    </Dialog>
  )
}
