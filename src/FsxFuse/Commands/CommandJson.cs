using System.Text.Json.Serialization;
using FsxFuse.Control.Documents;
using FsxFuse.Hsm;
using FsxFuse.Lfs;

namespace FsxFuse.Commands;

/// <summary>JSON of what commands print.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ListEntry>))]
[JsonSerializable(typeof(MountResult))]
[JsonSerializable(typeof(UmountResult))]
[JsonSerializable(typeof(CreateResult))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(IReadOnlyList<StatusDocument>))]
[JsonSerializable(typeof(TaskDocument))]
[JsonSerializable(typeof(IReadOnlyList<TaskDocument>))]
[JsonSerializable(typeof(LinkDocument))]
[JsonSerializable(typeof(IReadOnlyList<LinkDocument>))]
[JsonSerializable(typeof(OptionsDocument))]
[JsonSerializable(typeof(IReadOnlyList<HsmResult>))]
[JsonSerializable(typeof(IReadOnlyList<LfsSpaceResult>))]
internal sealed partial class CommandJson : JsonSerializerContext;
