using System.Text;

namespace FsxFuse.Fuse.Tests.Sample;

/// <summary>A file system in memory, as small as can be: one lock, files are byte arrays, answers are immediate.</summary>
internal class MemoryFileSystem : FuseFileSystem
{
    private const uint Directory = 0x4000;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Node> _nodes = new() { [1] = new Node { Id = 1, Mode = Directory | 0x1ff, Children = [] } };
    private ulong _last = 1;

    public TimeSpan Timeout { get; set; } = TimeSpan.Zero;

    public FuseConnection? Connection { get; private set; }

    public bool Destroyed { get; private set; }

    public long LookupsHeld
    {
        get
        {
            lock (_lock)
            {
                return _nodes.Values.Sum(static node => node.Lookups);
            }
        }
    }

    public override void Init(FuseConnection connection) => Connection = connection;

    public override void Destroy() => Destroyed = true;

    public override void Lookup(LookupRequest request)
    {
        lock (_lock)
        {
            EntryReply entry = Find(request.NodeId).Children!.TryGetValue(Text(request.Name), out Node? node) ? Entry(node) : new EntryReply { EntryTimeout = Timeout };
            request.Reply(in entry);
        }
    }

    public override void Forget(ulong nodeId, ulong count)
    {
        lock (_lock)
        {
            Find(nodeId).Lookups -= (long)count;
        }
    }

    public override void GetAttr(GetAttrRequest request)
    {
        lock (_lock)
        {
            request.Reply(new AttrReply { Attr = Find(request.NodeId).Attributes, AttrTimeout = Timeout });
        }
    }

    public override void SetAttr(SetAttrRequest request)
    {
        lock (_lock)
        {
            Node node = Find(request.NodeId);
            if (request.Valid.HasFlag(SetAttrMask.Size))
            {
                node.Content = Resized(node.Content, (int)request.Size);
            }

            if (request.Valid.HasFlag(SetAttrMask.Mode))
            {
                node.Mode = request.Mode;
            }

            request.Reply(new AttrReply { Attr = node.Attributes, AttrTimeout = Timeout });
        }
    }

    public override void MkDir(MkDirRequest request) =>
        request.Reply(Add(request.NodeId, request.Name, new Node { Id = Next(), Mode = Directory | request.Mode, Children = [], Owner = (int)request.Uid }));

    public override void Create(CreateRequest request) =>
        request.Reply(Add(request.NodeId, request.Name, new Node { Id = Next(), Mode = request.Mode, Owner = (int)request.Uid }), 0);

    public override void MkNod(MkNodRequest request) =>
        request.Reply(Add(request.NodeId, request.Name, new Node { Id = Next(), Mode = request.Mode, Owner = (int)request.Uid }));

    public override void Unlink(UnlinkRequest request) => Remove(request.NodeId, request.Name, () => request.Reply());

    public override void RmDir(RmDirRequest request) => Remove(request.NodeId, request.Name, () => request.Reply());

    public override void Rename(RenameRequest request)
    {
        lock (_lock)
        {
            if (request.Flags != RenameFlags.None)
            {
                request.Fail(Errno.EINVAL);
                return;
            }

            SortedDictionary<string, Node> from = Find(request.NodeId).Children!;
            Find(request.NewParent).Children![Text(request.NewName)] = from[Text(request.Name)];
            from.Remove(Text(request.Name));
            request.Reply();
        }
    }

    public override void Open(OpenRequest request) => request.Reply(0);

    public override void Read(ReadRequest request)
    {
        lock (_lock)
        {
            ReadOnlySpan<byte> rest = Find(request.NodeId).Content.AsSpan((int)Math.Min(request.Offset, (ulong)Find(request.NodeId).Content.Length));
            rest = rest[..Math.Min(rest.Length, request.Size)];
            rest.CopyTo(request.ReplyBuffer);
            request.Send(rest.Length);
        }
    }

    public override void Write(WriteRequest request)
    {
        lock (_lock)
        {
            Node node = Find(request.NodeId);
            node.Content = Resized(node.Content, Math.Max(node.Content.Length, (int)request.Offset + request.Size));
            request.Data.CopyTo(node.Content.AsSpan((int)request.Offset));
            request.Reply((uint)request.Size);
        }
    }

    public override void ReadDir(ReadDirRequest request)
    {
        lock (_lock)
        {
            ulong cookie = 0;
            foreach ((string name, Node node) in Find(request.NodeId).Children!)
            {
                if (++cookie > request.Offset && !request.TryAdd(node.Id, cookie, (DirentType)(node.Mode >> 12), Encoding.UTF8.GetBytes(name)))
                {
                    break;
                }
            }

            request.Send();
        }
    }

    public override void SetXAttr(SetXAttrRequest request)
    {
        lock (_lock)
        {
            Find(request.NodeId).XAttrs[Text(request.Name)] = request.Value.ToArray();
            request.Reply();
        }
    }

    public override void GetXAttr(GetXAttrRequest request)
    {
        lock (_lock)
        {
            if (Find(request.NodeId).XAttrs.TryGetValue(Text(request.Name), out byte[]? value))
            {
                request.Reply(value);
            }
            else
            {
                request.Fail(Errno.ENODATA);
            }
        }
    }

    public override void StatFs(StatFsRequest request) =>
        request.Reply(new StatFsReply { BlockSize = 4096, FragmentSize = 4096, Blocks = 1000, BlocksFree = 500, BlocksAvailable = 400, NameMax = 255 });

    /// <summary>Changes a file behind the kernel's back.</summary>
    public void Replace(ulong directory, string name, string content)
    {
        lock (_lock)
        {
            Find(directory).Children![name].Content = Encoding.UTF8.GetBytes(content);
        }
    }

    /// <summary>Removes a name behind the kernel's back.</summary>
    public void Vanish(ulong directory, string name)
    {
        lock (_lock)
        {
            Find(directory).Children!.Remove(name);
        }
    }

    public ulong IdOf(ulong directory, string name)
    {
        lock (_lock)
        {
            return Find(directory).Children![name].Id;
        }
    }

    protected static string Text(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);

    private static byte[] Resized(byte[] content, int size)
    {
        Array.Resize(ref content, size);
        return content;
    }

    private Node Find(ulong id) => _nodes[id];

    private ulong Next() => Interlocked.Increment(ref _last);

    private EntryReply Entry(Node node)
    {
        node.Lookups++;
        return new EntryReply { NodeId = node.Id, Attr = node.Attributes, EntryTimeout = Timeout, AttrTimeout = Timeout };
    }

    private EntryReply Add(ulong parent, ReadOnlySpan<byte> name, Node node)
    {
        lock (_lock)
        {
            _nodes.Add(node.Id, node);
            Find(parent).Children!.Add(Text(name), node);
            return Entry(node);
        }
    }

    private void Remove(ulong parent, ReadOnlySpan<byte> name, Action reply)
    {
        lock (_lock)
        {
            Find(parent).Children!.Remove(Text(name));
            reply();
        }
    }
}
