using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>Requests about open files.</summary>
public sealed partial class FsxFileSystem
{
    /// <summary>
    /// Pages stay cached between opens (what changes behind the kernel is pushed), and close(2) sends nothing: there is nothing it
    /// could wait for or fail on, since every write was committed when it returned.
    /// </summary>
    private const OpenReplyFlags FileReplyFlags = OpenReplyFlags.KeepCache | OpenReplyFlags.NoFlush;

    /// <inheritdoc/>
    public override void Open(OpenRequest request) => Watch(OpenAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void Create(CreateRequest request) => Watch(CreateAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void TmpFile(TmpFileRequest request) => Watch(TmpFileAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void Read(ReadRequest request)
    {
        if (!_files.TryGet(request.Handle, out OpenFile? file))
        {
            request.Fail(Errno.EBADF);
            return;
        }

        if ((file.Flags & OpenFlags.NoAccessTime) == 0)
        {
            _accessTimes.Touch(file.Node);
        }

        if (FileInputOutput.TryRead(file, (long)request.Offset, request.ReplyBuffer, out int read))
        {
            request.Send(read);
            return;
        }

        Watch(ReadAsync(request, file), request.Pending);
    }

    /// <inheritdoc/>
    public override void Write(WriteRequest request)
    {
        if (!_files.TryGet(request.Handle, out OpenFile? file))
        {
            request.Fail(Errno.EBADF);
            return;
        }

        bool kill = (request.WriteFlags & WriteFlags.KillSuidGid) != 0;
        if (!_io.TryWrite(file, (long)request.Offset, request.DataMemory, kill, out ValueTask write))
        {
            write = _io.WriteAsync(file, (long)request.Offset, request.DataMemory, kill, request.InterruptToken);
        }

        if (write.IsCompletedSuccessfully)
        {
            request.Reply((uint)request.Size);
            return;
        }

        Watch(FinishAsync(write, request), request.Pending);

        static async ValueTask FinishAsync(ValueTask write, WriteRequest request)
        {
            await write.ConfigureAwait(false);
            request.Reply((uint)request.Size);
        }
    }

    /// <inheritdoc/>
    public override void Flush(FlushRequest request) => request.Reply();

    /// <inheritdoc/>
    public override void Release(ReleaseRequest request)
    {
        OpenFile? file = _files.Remove(request.Handle);
        if (file is null)
        {
            request.Reply();
            return;
        }

        Watch(ReleaseAsync(file, request), request.Pending);
    }

    /// <inheritdoc/>
    public override void FSync(FSyncRequest request)
    {
        // A flush takes milliseconds: never on a reader thread.
        Watch(OffReader(SyncAsync, request), request.Pending);

        async ValueTask SyncAsync(FSyncRequest request)
        {
            if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } node)
            {
                request.Fail(Errno.ESTALE);
                return;
            }

            await _contents.SyncAsync(node, request.DataOnly, CancellationToken.None).ConfigureAwait(false);
            request.Reply();
        }
    }

    /// <inheritdoc/>
    public override void Fallocate(FallocateRequest request) => Watch(FallocateAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void LSeek(LSeekRequest request) => Watch(LSeekAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void CopyFileRange(CopyFileRangeRequest request) => Watch(OffReader(CopyAsync, request), request.Pending);

    private static ValueTask OffReader<TRequest>(Func<TRequest, ValueTask> operation, TRequest request) =>
        new(Task.Run(async () => await operation(request).ConfigureAwait(false)));

    private async ValueTask OpenAsync(OpenRequest request)
    {
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        OpenFile file = new(node, request.Flags);
        await _contents.OpenedAsync(node, file.CanWrite).ConfigureAwait(false);
        try
        {
            // Also for reading: the kernel has asked for the right to write, and has set its own idea of the size to zero (open(2)).
            if ((file.Flags & OpenFlags.Truncate) != 0)
            {
                await _contents.TruncateAsync(node, 0, (request.OpenFlags & OpenRequestFlags.KillSuidGid) != 0, CancellationToken.None).ConfigureAwait(false);
            }

            await _contents.GetAsync(node, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            await _contents.ClosedAsync(node, file.CanWrite).ConfigureAwait(false);
            throw;
        }

        ulong handle = _files.Add(file);
        if (!request.Reply(handle, FileReplyFlags))
        {
            _files.Remove(handle);
            await _contents.ClosedAsync(node, file.CanWrite).ConfigureAwait(false);
        }
    }

    private async ValueTask CreateAsync(CreateRequest request)
    {
        FileName name = new(request.Name);
        uint flags = request.Flags;
        bool canWrite = (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;
        NewInode wanted = new((request.Mode & ~FileType.Mask) | FileType.Regular, request.Umask, request.Uid, request.Gid) { OpenForWriting = canWrite };
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } parent)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        Outcome<NameCreation.Made> made = await _creation.CreateAsync(parent, name, wanted).ConfigureAwait(false);
        if (made.Ok)
        {
            await AnswerOpenAsync(made.Value, flags, request.Reply).ConfigureAwait(false);
            return;
        }

        if (made.Error != Errno.EEXIST || (flags & OpenFlags.Exclusive) != 0)
        {
            request.Fail(made.Error);
            return;
        }

        // Somebody else made it since the kernel looked: without O_EXCL that is an open.
        Outcome<NamedInode> found = await _names.FindAsync(parent, name, CancellationToken.None).ConfigureAwait(false);
        if (!found.Ok || !found.Value.Inode.IsRegular)
        {
            request.Fail(found.Ok ? Errno.EEXIST : found.Error);
            return;
        }

        Node node = _volume.Nodes.Reference(found.Value.Inode);
        OpenFile file = new(node, flags);
        await _contents.OpenedAsync(node, file.CanWrite).ConfigureAwait(false);
        try
        {
            if ((flags & OpenFlags.Truncate) != 0)
            {
                await _contents.TruncateAsync(node, 0, (request.OpenFlags & OpenRequestFlags.KillSuidGid) != 0, CancellationToken.None).ConfigureAwait(false);
            }

            await _contents.GetAsync(node, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            await _contents.ClosedAsync(node, file.CanWrite).ConfigureAwait(false);
            Drop(node.Id, 1);
            throw;
        }

        await AnswerOpenAsync(file, request.Reply).ConfigureAwait(false);
    }

    private async ValueTask TmpFileAsync(TmpFileRequest request)
    {
        uint flags = request.Flags;
        NewInode wanted = new((request.Mode & ~FileType.Mask) | FileType.Regular, request.Umask, request.Uid, request.Gid) { OpenForWriting = true };
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } parent)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        Outcome<NameCreation.Made> made = await _creation.CreateUnnamedAsync(parent, wanted).ConfigureAwait(false);
        if (made.Ok)
        {
            await AnswerOpenAsync(made.Value, flags, request.Reply).ConfigureAwait(false);
        }
        else
        {
            request.Fail(made.Error);
        }
    }

    private delegate bool OpenAnswer(in EntryReply entry, ulong handle, OpenReplyFlags flags, int backingId);

    private async ValueTask AnswerOpenAsync(NameCreation.Made made, uint flags, OpenAnswer answer)
    {
        Node node = _volume.Nodes.Reference(made.Inode);
        OpenFile file = new(node, flags);
        if (made.Content is { } content)
        {
            try
            {
                _contents.Created(node, content);
            }
            catch
            {
                Drop(node.Id, 1);
                throw;
            }
        }
        else
        {
            await _contents.OpenedAsync(node, file.CanWrite).ConfigureAwait(false);
        }

        await AnswerOpenAsync(file, answer).ConfigureAwait(false);
    }

    /// <summary>Answers with an inode the caller has referenced and opened; both are undone if the kernel no longer wants the answer.</summary>
    private async ValueTask AnswerOpenAsync(OpenFile file, OpenAnswer answer)
    {
        ulong handle = _files.Add(file);
        EntryReply entry = AttributeReplies.Entry(file.Node, _volume.Options.CacheTimeout);
        if (!answer(in entry, handle, FileReplyFlags, 0))
        {
            _files.Remove(handle);
            await _contents.ClosedAsync(file.Node, file.CanWrite).ConfigureAwait(false);
            Drop(file.Node.Id, 1);
        }
    }

    private async ValueTask ReadAsync(ReadRequest request, OpenFile file)
    {
        int read = await _io.ReadAsync(file, (long)request.Offset, request.ReplyMemory, request.InterruptToken).ConfigureAwait(false);
        request.Send(read);
    }

    private async ValueTask ReleaseAsync(OpenFile file, ReleaseRequest request)
    {
        await _contents.ClosedAsync(file.Node, file.CanWrite).ConfigureAwait(false);
        request.Reply();
    }

    /// <summary>
    /// Whether a change of the bytes by this caller takes set-uid and set-gid away. These requests do not say whether the caller has CAP_FSETID,
    /// as a write does; a kernel that finds a root without it sends a SETATTR first.
    /// </summary>
    private static bool LosesPrivileges(uint caller) => caller != 0;

    private async ValueTask FallocateAsync(FallocateRequest request)
    {
        if (!_files.TryGet(request.Handle, out OpenFile? file))
        {
            request.Fail(Errno.EBADF);
            return;
        }

        const Fuse.FallocateMode Known = Fuse.FallocateMode.KeepSize | Fuse.FallocateMode.PunchHole | Fuse.FallocateMode.ZeroRange;
        if ((request.Mode & ~Known) != 0)
        {
            request.Fail(Errno.EOPNOTSUPP);
            return;
        }

        await _io.AllocateAsync(file, (FallocateMode)(int)request.Mode, (long)request.Offset, (long)request.Length, LosesPrivileges(request.Uid), request.InterruptToken).ConfigureAwait(false);
        request.Reply();
    }

    private async ValueTask LSeekAsync(LSeekRequest request)
    {
        if (!_files.TryGet(request.Handle, out OpenFile? file))
        {
            request.Fail(Errno.EBADF);
            return;
        }

        if (request.Whence is not (SeekWhence.Data or SeekWhence.Hole))
        {
            request.Fail(Errno.EINVAL);
            return;
        }

        long found = await _io.SeekAsync(file, (long)request.Offset, request.Whence == SeekWhence.Data, CancellationToken.None).ConfigureAwait(false);
        if (found < 0)
        {
            request.Fail(Errno.ENXIO);
        }
        else
        {
            request.Reply((ulong)found);
        }
    }

    private async ValueTask CopyAsync(CopyFileRangeRequest request)
    {
        if (!_files.TryGet(request.HandleIn, out OpenFile? from) || !_files.TryGet(request.HandleOut, out OpenFile? to))
        {
            request.Fail(Errno.EBADF);
            return;
        }

        long length = (long)Math.Min(request.Length, (ulong)int.MaxValue & ~4095UL);
        long copied = await _io.CopyAsync(from, (long)request.OffsetIn, to, (long)request.OffsetOut, length, LosesPrivileges(request.Uid), request.InterruptToken).ConfigureAwait(false);
        request.Reply((ulong)copied);
    }
}
