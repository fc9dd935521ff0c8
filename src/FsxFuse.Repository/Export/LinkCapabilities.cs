using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>
/// Which conditions each link's server honours: found out by trying, once, before the first write, and kept in the store.
/// </summary>
internal sealed partial class LinkCapabilities(IMetadataStore store, object origin)
{
    // Lazy, because GetOrAdd may call its factory for several callers at once: two probes on one scratch key would disturb each other.
    private readonly ConcurrentDictionary<int, Lazy<Task<StoreCapabilities>>> _known = new();

    /// <summary>What a link's server honours.</summary>
    public async ValueTask<StoreCapabilities> OfAsync(Link link, CancellationToken cancel)
    {
        Lazy<Task<StoreCapabilities>> found = _known.GetOrAdd(link.Id, _ => new Lazy<Task<StoreCapabilities>>(() => FindAsync(link, cancel)));
        try
        {
            return await found.Value.ConfigureAwait(false);
        }
        catch
        {
            // Neither an outage nor one caller's cancellation may be remembered.
            _known.TryRemove(new KeyValuePair<int, Lazy<Task<StoreCapabilities>>>(link.Id, found));
            throw;
        }
    }

    private async Task<StoreCapabilities> FindAsync(Link link, CancellationToken cancel)
    {
        string setting = string.Create(CultureInfo.InvariantCulture, $"link.{link.Id}.capabilities");
        if (await store.GetSettingAsync(setting, cancel).ConfigureAwait(false) is { } json
            && JsonSerializer.Deserialize(json, CapabilitiesJson.Default.StoreCapabilities) is { } known)
            return known;
        string scratch = await ScratchAsync(link, cancel).ConfigureAwait(false);
        StoreCapabilities probed = await link.Store.ProbeAsync(scratch, cancel).ConfigureAwait(false);
        string text = JsonSerializer.Serialize(probed, CapabilitiesJson.Default.StoreCapabilities);
        await store.CommitAsync(new Batch(origin).Add(new RowWrite.PutSetting(setting, text)), cancel).ConfigureAwait(false);
        return probed;
    }

    // The scratch key is remembered before it is used, so that what a probe cut short left behind is removed by the next.
    private async ValueTask<string> ScratchAsync(Link link, CancellationToken cancel)
    {
        string setting = string.Create(CultureInfo.InvariantCulture, $"link.{link.Id}.probe");
        if (await store.GetSettingAsync(setting, cancel).ConfigureAwait(false) is { } earlier)
        {
            await foreach (MultipartUpload upload in link.Store.ListMultipartUploadsAsync(earlier, cancel).ConfigureAwait(false))
                await link.Store.AbortMultipartAsync(upload, cancel).ConfigureAwait(false);
            return earlier;
        }
        string scratch = $"{link.Prefix}{KeyMap.ProbePrefix}{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        await store.CommitAsync(new Batch(origin).Add(new RowWrite.PutSetting(setting, scratch)), cancel).ConfigureAwait(false);
        return scratch;
    }

    [JsonSerializable(typeof(StoreCapabilities))]
    private sealed partial class CapabilitiesJson : JsonSerializerContext;
}
