package jobs

import (
	"encoding/json"

	"github.com/google/jsonschema-go/jsonschema"

	"tiexi/pipeline/values"
)

// SchemaName is the name of the schema's file beside a jobs.yaml.
const SchemaName = "jobs.schema.json"

// Schema is the JSON schema (draft 7) from which editors complete and check
// jobs.yaml; it is made from the Go types and says no less than [Load] where a
// schema can.
func Schema() ([]byte, error) {
	schema, err := jsonschema.For[File](nil)
	if err != nil {
		return nil, err
	}
	schema.Schema = "http://json-schema.org/draft-07/schema#"
	schema.Title = "jobs.yaml"
	plainLists(schema)

	property(schema, "lang").Enum = enum(string(values.Chinese), string(values.English))
	property(schema, "jobs").MinItems = jsonschema.Ptr(1)
	job := property(schema, "jobs").Items
	bounds(property(job, "interest_day"), 1, 28)
	bounds(property(job, "approvals"), 1, 2)
	property(job, "county", "code").Pattern = areaCode.String()
	property(job, "alerts", "overdue_rate").Pattern = alertRate.String()
	property(job, "alerts", "bad_rate").Pattern = alertRate.String()
	property(job, "notice", "days").Minimum = jsonschema.Ptr(1.0)
	property(job, "notice", "kind").Enum = enum(string(CalendarDays), string(Workdays))

	bank := property(job, "banks").Items
	property(bank, "rate_unit").Enum = enum(rateUnits...)
	property(bank, "amount_unit").Enum = enum(amountUnits...)
	property(bank, "days").Enum = enum(dayConventions...)
	property(bank, "tolerances").Items.Enum = enum(tolerances...)
	property(bank, "headings").AdditionalProperties.Enum = enum(fieldWords()...)

	property(job, "return", "headings").AdditionalProperties.Enum = enum(ReturnValues...)
	property(job, "return", "reasons").AdditionalProperties.Enum = enum(FailureReasons...)
	for _, profiles := range []*jsonschema.Schema{property(schema, "profiles"), property(job, "profiles")} {
		profile := profiles.AdditionalProperties
		property(profile, "extensions").Items.Enum = enum(profileExtensions...)
		property(profile, "encoding").Enum = enum(profileEncodings...)
		property(profile, "separator").Enum = enum(profileSeparators...)
		property(profile, "row_limit").Minimum = jsonschema.Ptr(0.0)
		property(property(profile, "columns").Items, "value").Enum = enum(PaymentValues...)
	}
	data, err := json.MarshalIndent(schema, "", "  ")
	return append(data, '\n'), err
}

func property(schema *jsonschema.Schema, path ...string) *jsonschema.Schema {
	for _, name := range path {
		schema = schema.Properties[name]
	}
	return schema
}

func enum(words ...string) []any {
	list := make([]any, len(words))
	for i, word := range words {
		list[i] = word
	}
	return list
}

func bounds(schema *jsonschema.Schema, low, high float64) {
	schema.Minimum, schema.Maximum = &low, &high
}

// plainLists turns the generator's ["null","array"] into "array": an empty
// list is left out of a jobs.yaml, not written as null.
func plainLists(schema *jsonschema.Schema) {
	if len(schema.Types) == 2 && schema.Types[0] == "null" {
		schema.Type, schema.Types = schema.Types[1], nil
	}
	for _, child := range schema.Properties {
		plainLists(child)
	}
	for _, child := range []*jsonschema.Schema{schema.Items, schema.AdditionalProperties} {
		if child != nil {
			plainLists(child)
		}
	}
}
