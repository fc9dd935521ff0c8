using System.Diagnostics.CodeAnalysis;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// The inodes that the kernel holds references to or that are open here. A node leaves when both are gone and its access time is stored; if it
/// also has no name left, its row and bytes may go then.
/// </summary>
internal sealed class NodeTable
{
    private readonly Dictionary<long, Node> _nodes = [];
    private readonly Lock _lock = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _nodes.Count;
            }
        }
    }

    public bool TryGet(long id, [NotNullWhen(true)] out Node? node)
    {
        lock (_lock)
        {
            return _nodes.TryGetValue(id, out node);
        }
    }

    /// <summary>The node of a row, with one more reference by the kernel (to be taken back if the reply does not arrive).</summary>
    public Node Reference(InodeRow row)
    {
        Node node;
        lock (_lock)
        {
            node = GetOrAdd(row);
            node.Lookups++;
        }

        node.Accept(row);
        return node;
    }

    /// <summary>The node of a row, without a reference: for requests by a node id the kernel kept from an earlier mount (file handles).</summary>
    public Node Adopt(InodeRow row)
    {
        Node node;
        lock (_lock)
        {
            node = GetOrAdd(row);
        }

        node.Accept(row);
        return node;
    }

    /// <summary>Drops references of the kernel; returns the node when nothing holds it any more.</summary>
    public Node? Forget(long id, long count)
    {
        lock (_lock)
        {
            if (!_nodes.TryGetValue(id, out Node? node))
            {
                return null;
            }

            node.Lookups = Math.Max(0, node.Lookups - count);
            return RemoveIfUnused(node);
        }
    }

    /// <summary>A handle was opened.</summary>
    public void Opened(Node node)
    {
        lock (_lock)
        {
            node.Handles++;
            _nodes.TryAdd(node.Id, node);
        }
    }

    /// <summary>A handle was closed; returns the node when nothing holds it any more.</summary>
    public Node? Closed(Node node)
    {
        lock (_lock)
        {
            node.Handles--;
            return RemoveIfUnused(node);
        }
    }

    /// <summary>The access time of a node was stored: that held it no longer.</summary>
    public void Settle(Node node)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(node.Id, out Node? current) && ReferenceEquals(current, node))
            {
                RemoveIfUnused(node);
            }
        }
    }

    /// <summary>True while the kernel or a handle holds the inode.</summary>
    public bool IsHeld(long id)
    {
        lock (_lock)
        {
            return _nodes.TryGetValue(id, out Node? node) && (node.Lookups > 0 || node.Handles > 0);
        }
    }

    private Node GetOrAdd(InodeRow row)
    {
        if (!_nodes.TryGetValue(row.Id, out Node? node))
        {
            node = new Node(row);
            _nodes.Add(row.Id, node);
        }

        return node;
    }

    private Node? RemoveIfUnused(Node node)
    {
        // One that was just read stays until its access time is stored: who looks it up again must not see the older one.
        if (node.Lookups > 0 || node.Handles > 0 || node.Id == InodeRow.RootId || (node.PendingAtimeNs != 0 && node.Row.NLink > 0))
        {
            return null;
        }

        _nodes.Remove(node.Id);
        return node;
    }
}
